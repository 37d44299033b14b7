// keys.js: all of it from the keyboard: Tab reaches every control and shows where one is, the skip link
// skips, Escape closes what is open, the list has keys of its own.
"use strict";

const { test, check, Visitor } = require("./house.js");

const PAGES = { clerk: ["/items?overdue=1&unit=%E5%8E%BF%E6%B0%B4%E5%88%A9%E5%B1%80", "/items/XC2026-0022", "/items/XC2026-0022/amend"],
  verifier: ["/checks", "/items/XC2026-0009/verify"], liaison: ["/mine", "/account"], auditor: ["/audit"],
  leader: ["/board?"], administrator: ["/people", "/units"] };

// Runs in the page: gives every control that Tab should reach a number.
function number() {
  const radios = new Set();
  let n = 0;
  for (const e of document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")) {
    if (!e.checkVisibility({ visibilityProperty: true }) || e.disabled || e.type === "hidden" || e.tabIndex < 0) continue;
    if (e.type === "radio" && (radios.has(e.name) || !radios.add(e.name))) continue;
    e.dataset.reach = ++n;
  }
  return n;
}

// Where the focus is, and whether one can see it.
function focus() {
  const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
  const reach = e.dataset.reach || (e.type === "radio" && (document.querySelector(`[name="${e.name}"][data-reach]`) || { dataset: {} }).dataset.reach);
  const top = document.elementFromPoint(Math.max(0, Math.min(innerWidth - 1, r.left + r.width / 2)), Math.max(0, Math.min(innerHeight - 1, r.top + r.height / 2)));
  return { reach: Number(reach) || 0, what: e.outerHTML.slice(0, 120),
    ring: s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2,
    inside: r.bottom > 0 && r.top < innerHeight && r.right > 0 && r.left < innerWidth,
    hidden: !!top && top !== e && !e.contains(top) && !top.contains(e) && !(e.labels && [...e.labels].some((l) => l.contains(top))) };
}

for (const role of Object.keys(PAGES))
  for (const size of ["desk", "phone"])
    test(`Tab reaches every control of ${role}, ${size}`, async () => {
      const v = await Visitor.as(role, { size });
      for (const to of PAGES[role]) {
        const status = await v.go(to.replace("?", to.endsWith("?") ? "" : "?"), null);
        if (status === 404 && to.endsWith("?")) continue;
        await v.page.evaluate(() => document.activeElement.blur());
        const count = await v.page.evaluate(number), reached = new Set();
        for (let i = 0; i < count + 40 && reached.size < count; i++) {
          await v.page.keyboard.press("Tab");
          const at = await v.page.evaluate(focus);
          if (!at.reach) continue;
          check(at.ring, to, size, "the focus is not to be seen on", at.what);
          check(at.inside && !at.hidden, to, size, "the focus is out of sight on", at.what);
          reached.add(at.reach);
        }
        const missed = await v.page.evaluate((r) => [...document.querySelectorAll("[data-reach]")].filter((e) => !r.includes(Number(e.dataset.reach)))
          .map((e) => e.outerHTML.slice(0, 120)), [...reached]);
        check(missed.length === 0, to, size, "Tab does not reach", missed);
      }
      await v.leave();
    });

test("the first Tab skips to the content", async () => {
  const v = await Visitor.as("clerk");
  await v.go("/items");
  await v.page.keyboard.press("Tab");
  check(await v.page.evaluate(() => document.activeElement.matches(".skip") && document.activeElement.getBoundingClientRect().left >= 0));
  await v.page.keyboard.press("Enter");
  check(await v.page.evaluate(() => document.activeElement.id === "main"), "the focus is not at the content");
  await v.leave();
});

test("Escape closes every menu and goes back to its button", async () => {
  const v = await Visitor.as("clerk");
  for (const to of ["/items", "/items/XC2026-0022"]) {
    await v.go(to);
    const menus = v.page.locator("details.me > summary, details.more > summary");
    for (let i = 0; i < await menus.count(); i++) {
      await menus.nth(i).focus();
      await v.page.keyboard.press("Enter");
      check(await menus.nth(i).evaluate((e) => e.parentElement.open), to, "menu", i, "does not open");
      await v.page.keyboard.press("Tab");
      await v.page.keyboard.press("Escape");
      check(await menus.nth(i).evaluate((e) => !e.parentElement.open && document.activeElement === e), to, "menu", i, "stays open");
    }
  }
  await v.leave();
});

test("the list is worked with keys alone", async () => {
  const v = await Visitor.as("clerk");
  await v.go("/items");
  await v.page.keyboard.press("?");
  check(await v.page.locator("dialog.keys").isVisible(), "? does not tell the keys");
  await v.look("clerk-keys");
  await v.page.keyboard.press("Escape");
  check(!(await v.page.locator("dialog.keys").isVisible()), "Escape does not close it");
  await v.page.keyboard.press("j");
  await v.page.keyboard.press("j");
  await v.page.keyboard.press("x");
  check(await v.page.locator("tbody tr.chosen").count() === 1, "x chooses nothing");
  const code = await v.page.locator("tbody tr").nth(1).getAttribute("data-code");
  await Promise.all([v.page.waitForURL(`**/items/${code}`), v.page.keyboard.press("Enter")]);
  await v.leave();
});
