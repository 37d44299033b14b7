// drafts.js: what was typed once is never asked again: over a closed tab, a lost connection and an
// ended session, with scripts and without.
"use strict";

const { execFileSync } = require("child_process");
const { plan, test, check, Visitor } = require("./house.js");

// Sessions of a liaison end here; the liaison of the other tests is another.
const DRAFTS = { row: "drafts" };
const FORM = "/items/XC2026-0034/report?task=1", WORDS = "管网已清淤三公里，\n余下部分下周完成。";
const endSessions = (role) => execFileSync(plan.xiaohao[0],
  [...plan.xiaohao.slice(1), "person", "session", "end", plan.people[role]], { stdio: "pipe" });
const restored = (v) => v.page.locator(".draft-note");
const send = (v) => v.press("form.act .actions button");
const drafts = (v) => v.page.evaluate(() => Object.keys(localStorage).filter((k) => k.startsWith("draft ")).length);

// A visitor with a session that is theirs alone, at the form.
async function atForm(look, form = FORM, role = "colleague") {
  const v = await Visitor.come(look);
  await v.signIn(role);
  await v.go(form);
  return v;
}

test("a draft survives a closed tab, can be discarded, and is another's business", async () => {
  const v = await atForm({});
  await v.page.fill("[name=text]", WORDS);
  await v.page.fill("[name=percent]", "60");
  await v.page.close();
  v.page = await v.context.newPage();
  await v.go(FORM);
  check(await v.page.inputValue("[name=text]") === WORDS && await v.page.inputValue("[name=percent]") === "60", "not restored");
  check(await restored(v).isVisible(), "nothing says that it was restored");
  await v.look("draft-restored");
  // Another form, another task and another person have nothing of it.
  await v.go("/items/XC2026-0034/extend?task=1");
  check(await restored(v).count() === 0, "another form has it");
  await v.context.clearCookies();
  await v.signIn("clerk");
  await v.go(FORM);
  check(await v.page.inputValue("[name=text]") === "", "another person has it");
  await v.context.clearCookies();
  await v.signIn("colleague");
  await v.go(FORM);
  check(await v.page.inputValue("[name=text]") === WORDS, "it is gone");
  await Promise.all([v.page.waitForEvent("load"), v.page.click(".draft-note button")]);
  check(await v.page.inputValue("[name=text]") === "" && await restored(v).count() === 0, "not discarded");
  check(await drafts(v) === 0, "kept all the same");
  await v.leave();
}, DRAFTS);

test("a draft goes when the form was taken, and stays when it was refused", async () => {
  const v = await atForm({}, "/items/XC2026-0034/extend");
  await v.page.fill("[name=due]", "2020-01-01");
  await v.page.fill("[name=reason]", "等待批复。");
  check(await send(v) >= 400, "an extension into the past was taken");
  check(await v.page.inputValue("[name=reason]") === "等待批复。" && await drafts(v) === 1, "lost when refused");
  await v.go(FORM);
  await v.page.fill("[name=text]", "阶段进展。");
  check(await send(v) === 200 && await drafts(v) === 1, "the draft of what was taken is still there");
  await v.go(FORM);
  check(await v.page.inputValue("[name=text]") === "", "what was taken comes back");
  await v.leave();
}, DRAFTS);

test("a lost connection says so and keeps the page", async () => {
  const v = await atForm({});
  await v.page.fill("[name=text]", WORDS);
  await v.context.setOffline(true);
  await v.page.click("form.act .actions button");
  await restored(v).waitFor();
  check((await restored(v).innerText()).includes(v.say("There is no connection to the server. What you typed is kept here; send it again in a while.")));
  check(v.at() === FORM && await v.page.inputValue("[name=text]") === WORDS, "the page is gone");
  v.faults.length = 0; // the browser's own complaint about the connection
  await v.look("draft-offline");
  await v.context.setOffline(false);
  check(await send(v) === 200, await v.text());
  check(await drafts(v) === 0, "kept after it was taken");
  await v.leave();
}, DRAFTS);

test("with an ended session one comes back to the form with the text", async () => {
  const v = await atForm({});
  await v.page.fill("[name=text]", WORDS);
  await v.page.check("[name=done]");
  await v.page.uncheck("[name=done]");
  endSessions("colleague");
  check(await send(v) === 401, "the session has not ended");
  await v.look("draft-session-ended");
  await v.enter("colleague");
  check(v.at() === FORM && await v.page.inputValue("[name=text]") === WORDS, "at", v.at(), await v.text());
  check(await send(v) === 200 && await drafts(v) === 0, await v.text());
  await v.go("/items/XC2026-0034");
  await v.says("管网已清淤三公里");
  await v.leave();
}, DRAFTS);

test("without scripts the server carries what was typed around the sign-in", async () => {
  const v = await atForm({ js: false, size: "phone", lang: "en" });
  await v.page.fill("[name=text]", "<b>无脚本</b> & \"引号\"\n第二行");
  await v.page.setInputFiles("[name=file]", [{ name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("a") }]);
  endSessions("colleague");
  check(await send(v) === 401, "the session has not ended");
  await v.says("Files could not be kept (1)");
  await v.look("kept-session-ended", { barriers: false });
  await v.page.fill("[name=name]", plan.people.colleague);
  await v.page.fill("[name=password]", "wrong");
  check(await v.press("main form button.go") === 403);
  await v.enter("colleague");
  await v.says("You are signed in again", "<b>无脚本</b> & \"引号\"", "Files could not be kept (1)");
  await v.look("kept-send-on", { barriers: false });
  check(await v.press("main form button.go") === 200, await v.text());
  await v.go("/items/XC2026-0034");
  await v.says("<b>无脚本</b> & \"引号\"");
  await v.leave();
}, DRAFTS);

test("a sealed field is kept nowhere in the browser", async () => {
  const v = await atForm({}, "/campaigns/XC2026/register", "clerk");
  await v.fill("[name=originator-phone]", "13800000000");
  await v.page.fill("[name=text]", "匿名来电反映。");
  const all = await v.page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  check(all.includes("匿名来电反映") && !all.includes("13800000000"), all);
  await v.leave();
}, DRAFTS);
