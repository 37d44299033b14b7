// pages.js: every page of every role, at a desk and on a phone, in both languages, with scripts and
// without, light and dark.
"use strict";

const { test, check, Visitor } = require("./house.js");

// Pages of a role's every day, looked at in every way; behind a "?" stands one that need not be there.
const PAGES = {
  liaison: ["/mine", "/items/XC2026-0071", "/items/XC2026-0071/report?task=1", "/instructions"],
  verifier: ["/checks", "/items/XC2026-0009/verify"],
  approver: ["/items/XC2026-0009"],
  clerk: ["/items", "/items?overdue=1&unit=%E5%8E%BF%E6%B0%B4%E5%88%A9%E5%B1%80", "/items/XC2026-0022",
    "/items/XC2026-0022/amend", "/items/XC2026-0022/plans", "/campaigns/XC2026/register", "/search?q=%E6%B6%88%E9%98%B2", "/import"],
  leader: ["/board?", "/brief?", "/instructions", "/items/XC2026-0022/instruct"],
  auditor: ["/audit", "/audit/entries/5"],
  administrator: ["/people", "/units", "/account"],
};
// Others, at a desk in Chinese, on a phone in English, and on a phone in Chinese without scripts.
const MORE = {
  liaison: ["/items/XC2026-0071/extend", "/account", "/account/password", "/account/second-factor", "/account/deputy"],
  approver: ["/items/XC2026-0071/withdraw"],
  clerk: ["/items?unit=nobody", "/items/XC2026-0022/assign", "/items/XC2026-0022/access", "/search?q=nothing-at-all",
    "/units/QH09", "/units/new", "/campaigns", "/campaigns/new", "/campaigns/XC2026", "/campaigns/XC2026/plans", "/campaigns/XC2026/change"],
  leader: ["/instructions/new", "/search?q="],
  administrator: ["/people/new", "/people/xia.changqing", "/people/xia.changqing/change", "/people/xia.changqing/password",
    "/people/xia.changqing/hand-over", "/people/xia.changqing/link", "/units/QH09/move", "/account/tokens"],
};
// Answers that are no success, on purpose.
const REFUSED = { "/items?unit=nobody": 404 };
const DARK = new Set(["/items", "/items/XC2026-0022", "/items/XC2026-0009/verify", "/mine", "/board?"]);

const LOOKS = [{ lang: "zh" }, { lang: "en", size: "phone" }, { lang: "zh", size: "phone", js: false }];

const nameOf = (role, to) => role + "-" + (decodeURI(to).replace(/[^A-Za-z0-9]+/g, "-").replace(/^-|-$/g, "") || "home");

async function visit(v, role, to, options) {
  const maybe = to.endsWith("?"), address = maybe ? to.slice(0, -1) : to;
  const status = await v.go(address, null);
  if (maybe && status === 404) return;
  check(status === (REFUSED[to] || 200), address, "answers", status);
  await v.look(nameOf(role, address), options);
}

for (const role of Object.keys(PAGES))
  for (const size of ["desk", "phone"])
    for (const lang of ["zh", "en"])
      for (const js of [true, false])
        test(`pages of ${role}, ${size}, ${lang}, ${js ? "with" : "without"} scripts`, async () => {
          const v = await Visitor.as(role, { size, lang, js });
          // Barriers are looked for at a desk in one language and on a phone in the other.
          const axe = js && (size === "desk") === (lang === "zh");
          for (const to of PAGES[role]) await visit(v, role, to, { barriers: axe, screen: axe || !js });
          await v.leave();
        });

for (const role of Object.keys(MORE))
  for (const look of LOOKS)
    test(`more pages of ${role}, ${look.size || "desk"}, ${look.lang}${look.js === false ? ", without scripts" : ""}`, async () => {
      const v = await Visitor.as(role, look);
      for (const to of MORE[role]) await visit(v, role, to);
      await v.leave();
    });

for (const role of Object.keys(PAGES).filter((r) => PAGES[r].some((p) => DARK.has(p))))
  test(`dark pages of ${role}`, async () => {
    for (const size of ["desk", "phone"]) {
      const v = await Visitor.as(role, { size, dark: true });
      for (const to of PAGES[role].filter((p) => DARK.has(p))) await visit(v, role, to);
      await v.leave();
    }
  });

test("pages of nobody, and pages that are not there", async () => {
  for (const size of ["desk", "phone"])
    for (const lang of ["zh", "en"]) {
      const v = await Visitor.come({ size, lang });
      await v.go("/sign-in");
      await v.look("sign-in");
      await v.leave();
      const clerk = await Visitor.as("clerk", { size, lang });
      for (const [to, status] of [["/no-such-page", 404], ["/audit", 403], ["/items/XC2026-9999", 404]]) {
        await clerk.go(to, status);
        await clerk.look("refused" + to.replace(/\W+/g, "-"));
      }
      await clerk.leave();
    }
});

test("an item prints on A4 without the frame", async () => {
  const v = await Visitor.as("clerk");
  await v.go("/items/XC2026-0022");
  await v.page.emulateMedia({ media: "print" });
  check(!(await v.page.locator("header.top").isVisible()), "the frame is printed");
  await v.page.setViewportSize({ width: 680, height: 960 });
  check(await v.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "wider than paper");
  await v.leave();
});

