// days.js: what each role does in a day, once at a desk with scripts and once on a phone without.
// Each of the two has items of its own.
"use strict";

const zlib = require("zlib");
const { plan, test, check, Visitor } = require("./house.js");

// A PNG of 8 by 8 grey pixels.
function png() {
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]), out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc32(body), body.length + 4);
    return out;
  };
  const head = Buffer.from([0, 0, 0, 8, 0, 0, 0, 8, 8, 0, 0, 0, 0]);
  return Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), chunk("IHDR", head),
    chunk("IDAT", zlib.deflateSync(Buffer.alloc(8 * 9, 0x80).map((b, i) => i % 9 ? b : 0))), chunk("IEND", Buffer.alloc(0))]);
}
const crc32 = (bytes) => ~bytes.reduce((crc, b) => {
  for (let i = 0, c = crc ^ b; ; c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1) if (i++ === 8) return c;
}, -1) >>> 0;
const PICTURE = { name: "现场照片.png", mimeType: "image/png", buffer: png() };
const PAPER = { name: "验收单.txt", mimeType: "text/plain", buffer: Buffer.from("验收合格\n") };
const TRY = [{ look: { lang: "zh", size: "desk" }, item: "XC2026-0048", also: ["XC2026-0003", "XC2026-0004"], first: 0, name: "at a desk" },
  { look: { lang: "en", size: "phone", js: false }, item: "XC2026-0087", also: ["XC2026-0005", "XC2026-0010"], first: 2, name: "on a phone without scripts" }];

// A verb of an item: from its page by the button that is offered there.
async function act(v, item, verb, fill) {
  await v.go(`/items/${item}`);
  const link = v.page.locator(`a[href^="/items/${item}/${verb}"]`).first();
  check(await link.count(), item, "does not offer", verb);
  if (!(await link.isVisible())) await v.page.locator("summary", { hasText: v.say("More") }).click();
  await v.press(link);
  if (fill) await fill(v.page);
  const status = await v.press("form.act .actions button");
  check(status === 200, verb, "answers", status, await v.text());
}

for (const { look, item, also, first, name } of TRY) {
  test(`a liaison reports with files and applies, ${name}`, async () => {
    const v = await Visitor.come(look);
    await v.signIn("liaison");
    check(v.at() === "/mine", "the day begins at", v.at());
    await v.press(`a[href^="/items/${item}/report"]`);
    await v.page.fill("[name=text]", "已落实整改，责任到人。");
    await v.page.check("[name=done]");
    await v.page.setInputFiles("[name=file]", [PICTURE, PAPER]);
    await v.page.selectOption("[name=side]", "after");
    if (v.js) check((await v.page.locator(".chosen-files").innerText()).includes("验收单.txt"), "chosen files are not listed");
    await v.look("liaison-report-filled", { barriers: v.js });
    await v.press("form.act .actions button");
    await v.go(`/items/${item}`);
    await v.says("已落实整改", "验收单.txt", "现场照片.png");
    await act(v, item, "apply");
    await v.says(v.say("applied for strike-off"));
    await v.look("liaison-applied");
    await v.leave();
  }, { row: name });

  test(`a verifier sends it back with a reason, ${name}`, async () => {
    const v = await Visitor.come(look);
    await v.signIn("verifier");
    check(v.at() === "/checks", "the day begins at", v.at());
    await v.go(`/items/${item}/verify`);
    await v.says("已落实整改", "验收单.txt");
    check(await v.page.locator(".halves figure").count() === 2, "before and after do not stand side by side");
    // A reason is asked for, and the verdict is not lost by that.
    await v.page.check("[name=pass][value=fail]");
    check(await v.press("form.act .actions button") === 409, "a verdict without a reason was taken");
    check(await v.page.isChecked("[name=pass][value=fail]"), "the verdict is lost");
    check(!(await v.text()).includes("--"), "an option of the command line is named:", await v.text());
    await v.look("verifier-refused");
    await v.page.fill("[name=reason]", "照片看不出整改前后对比。");
    check(await v.press("form.act .actions button") === 200, await v.text());
    await v.go(`/items/${item}`);
    await v.says("照片看不出", v.say("in progress"));
    await v.leave();
  }, { row: name });

  test(`after a second report it passes and is struck off, ${name}`, async () => {
    const liaison = await Visitor.as("liaison", look);
    await act(liaison, item, "report", (page) => page.fill("[name=text]", "补拍对比照片。"));
    await act(liaison, item, "apply");
    await liaison.leave();
    const verifier = await Visitor.as("verifier", look);
    await act(verifier, item, "verify", (page) => page.check("[name=pass][value=pass]"));
    await verifier.leave();
    const approver = await Visitor.as("approver", look);
    await act(approver, item, "strike-off");
    await approver.says(approver.say("struck off"));
    await approver.look("approver-struck-off");
    check(await approver.page.locator(`a[href^="/items/${item}/report"]`).count() === 0, "it still offers a report");
    await approver.leave();
  }, { row: name });

  test(`a clerk chases many, registers one and finds it, ${name}`, async () => {
    const v = await Visitor.as("clerk", look), words = `桥头泵站值守记录不全，${look.lang}。`;
    await v.go("/");
    check(v.at() === "/items", "the day begins at", v.at());
    await v.go("/items?overdue=1");
    const boxes = v.page.locator("tbody input[name=code]");
    const codes = [await boxes.nth(first).inputValue(), await boxes.nth(first + 1).inputValue()];
    await boxes.nth(first).check();
    await boxes.nth(first + 1).check();
    await v.press("form#items .bulk button.go");
    await v.press("button[name=choose][value=chase]");
    await v.says(...codes);
    await v.page.fill("[name=text]", "请三日内反馈。");
    await v.look("clerk-bulk", { barriers: v.js });
    await v.press("button[name=go]");
    await v.says(...codes);
    check(await v.page.locator("tr.did").count() === 2, "not both were chased:", await v.text());
    await v.look("clerk-bulk-done", { barriers: v.js });
    await v.go("/campaigns/XC2026/register");
    await v.page.fill("[name=text]", words);
    await v.page.fill("[name=unit]", "县水利局");
    await v.page.fill("[name=due]", "2199-12-31");
    check(await v.press("form.act .actions button") === 200, await v.text());
    const made = v.at().match(/XC2026-\d+/)[0];
    await v.says(words, made);
    // The index follows the log beside the server's work.
    for (let i = 0; i < 100; i++) {
      await v.page.fill("form.find [name=q]", "桥头泵站");
      await v.press("form.find button");
      if ((await v.text()).includes(made)) break;
    }
    await v.says(made);
    await v.leave();
  }, { row: name });

  test(`two clerks amend the same at once and lose nothing, ${name}`, async () => {
    const code = also[0], one = await Visitor.as("clerk", look), two = await Visitor.as("clerk", look);
    for (const v of [one, two]) await v.go(`/items/${code}/amend`);
    await one.fill("[name=place]", "东门");
    await one.fill("[name=remarks]", "第一人的备注\n第二行");
    check(await one.press("form.act .actions button") === 200, await one.text());
    await two.fill("[name=category]", "第二人的分类");
    check(await two.press("form.act .actions button") === 409, "a stale form was taken");
    await two.says(two.say("While you were writing, others changed this item. What you typed is below; look whether it still fits, then send it again."), "东门");
    check(await two.page.inputValue("[name=category]") === "第二人的分类", "what was typed is lost");
    check(await two.page.inputValue("[name=place]") === "东门", "the field that only the other one changed is old");
    await two.look("clerk-conflict", { barriers: two.js });
    check(await two.press("form.act .actions button") === 200, await two.text());
    await two.says("东门", "第二人的分类", "第一人的备注");
    // What nobody changed is no amendment, many lines or not.
    await two.go(`/items/${code}/amend`);
    check(await two.press("form.act .actions button") === 422 || two.at().includes("amend"), "nothing was amended, and taken");
    await one.leave();
    await two.leave();
  }, { row: name });

  test(`a leader instructs, ${name}`, async () => {
    const v = await Visitor.as("leader", look);
    if (await v.go("/board", null) === 200) await v.says("XC2026");
    await act(v, also[1], "instruct", async (page) => page.fill("[name=text]", "请主要负责同志一周内到现场。"));
    await v.go(`/items/${also[1]}`);
    await v.says("请主要负责同志一周内到现场");
    await v.leave();
  }, { row: name });

  test(`an auditor reads the log, verifies it and takes a proof away, ${name}`, async () => {
    const v = await Visitor.as("auditor", look);
    await v.go("/");
    check(v.at() === "/audit", "the day begins at", v.at());
    await v.press("main a[href^='/audit/entries/']");
    await v.look("auditor-entry", { barriers: v.js });
    await v.go("/audit");
    check(await v.press("form[action='/audit/verify'] button") === 200, await v.text());
    await v.look("auditor-verified", { barriers: v.js });
    await v.go(`/items/${item}`);
    const [download] = await Promise.all([v.page.waitForEvent("download"),
      v.page.click(`a[href='/items/${item}/proof']`)]);
    const stream = await download.createReadStream();
    let size = 0;
    for await (const piece of stream) size += piece.length;
    check(size > 200, "the proof has", size, "bytes");
    await v.leave();
  }, { row: name });

  test(`an administrator begins at the accounts, ${name}`, async () => {
    const v = await Visitor.as("administrator", look);
    if (await v.go("/people", null) === 200) await v.says(v.say("Add a person"));
    // They keep accounts and see no items.
    await v.go("/items/XC2026-0001", 404);
    await v.leave();
  }, { row: name });

  test(`everybody changes the language and signs out, ${name}`, async () => {
    const v = await Visitor.come(look), other = look.lang === "zh" ? "en" : "zh";
    await v.signIn("approver");
    await v.page.click("details.me summary");
    await v.press("details.me button[name=lang]");
    v.lang = other;
    await v.look("language", { barriers: false, screen: false });
    await v.page.click("details.me summary");
    await v.press("details.me form[action='/sign-out'] button");
    check(v.at() === "/sign-in", "after signing out:", v.at());
    await v.go("/items");
    check(v.at() === "/sign-in?next=%2Fitems", "the list is still there:", v.at());
    await v.leave();
  }, { row: name });
}

test("a clerk takes a workbook in by its page", async () => {
  const v = await Visitor.as("clerk");
  await v.go("/import");
  await v.page.setInputFiles("[name=file]", plan.workbook);
  await v.page.selectOption("[name=campaign]", "XC2026");
  await v.press("main form .actions button");
  await v.page.locator("form.book").waitFor();
  await v.look("clerk-import-book");
  await v.leave();
});

test("a wrong password says so and keeps the name", async () => {
  const v = await Visitor.come();
  await v.go("/sign-in");
  await v.page.fill("[name=name]", plan.people.clerk);
  await v.page.fill("[name=password]", "not this one");
  check(await v.press("main form button.go") === 403);
  check(await v.page.inputValue("[name=name]") === plan.people.clerk, "the name is lost");
  await v.look("sign-in-wrong");
  await v.leave();
});
