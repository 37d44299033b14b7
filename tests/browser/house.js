// house.js: what the walks share: TAP, one browser, visitors of a certain look, and what must hold of
// every page that anybody comes to.
"use strict";

const fs = require("fs");
const path = require("path");
const { chromium } = require("playwright-core");

const plan = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const SIZES = { desk: { width: 1280, height: 860 }, phone: { width: 390, height: 844 } };
const LOCALES = { zh: "zh-CN", en: "en-US" };
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const BESIDE = 4;
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];

// --- TAP -------------------------------------------------------------------------------------------
const tests = [];
// Tests of one `row` go one after the other; what has none stands alone.
const test = (name, run, { row = null } = {}) => tests.push({ name, run, row });
const check = (holds, ...what) => {
  if (!holds) throw new Error(what.map((w) => typeof w === "string" ? w : JSON.stringify(w)).join(" ") || "it does not hold");
};

// Rows go beside each other: each has people, items or sessions that no other row touches.
async function runAll() {
  const rows = new Map();
  let number = 0, failed = 0;
  const tell = async ({ name, run }) => {
    const start = Date.now();
    const say = (ok, ...more) => console.log([`${ok} ${++number} - ${name}`,
      `# ${((Date.now() - start) / 1000).toFixed(1)} s`, ...more].join("\n"));
    try {
      await run();
      say("ok");
    } catch (wrong) {
      failed++;
      say("not ok", ...String(wrong.stack || wrong).split("\n").slice(0, 40).map((line) => "# " + line));
    }
  };
  for (const t of tests.filter(({ name }) => name.includes(process.env.ONLY || ""))) {
    const row = t.row || t;
    rows.set(row, [...(rows.get(row) || []), t]);
  }
  // The longest first, so that none is left alone at the end.
  const waiting = [...rows.values()].sort((a, b) => b.length - a.length);
  await Promise.all(Array.from({ length: BESIDE }, async () => {
    while (waiting.length) for (const t of waiting.shift()) await tell(t);
  }));
  console.log(`1..${number}`);
  return failed;
}

// --- the browser -----------------------------------------------------------------------------------
let browser;
async function open() {
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium-headless-shell", args: FLAGS });
}
const close = () => browser.close();

// A visitor: a browser context of a certain look, and what went wrong in it.
class Visitor {
  static async come({ lang = "zh", size = "desk", js = true, dark = false, cookies = [] } = {}) {
    const v = new Visitor();
    Object.assign(v, { lang, size, js, dark, faults: [] });
    v.context = await browser.newContext({ viewport: SIZES[size], locale: LOCALES[lang], javaScriptEnabled: js,
      colorScheme: dark ? "dark" : "light", isMobile: size === "phone", hasTouch: size === "phone",
      acceptDownloads: true });
    await v.context.addCookies(cookies);
    v.context.on("request", (r) => {
      if (!r.url().startsWith(plan.base + "/") && !/^(blob|data):/.test(r.url())) v.faults.push("asks elsewhere: " + r.url());
    });
    v.context.on("response", (r) => {
      if (r.status() >= 400 && !r.request().isNavigationRequest()) v.faults.push(`${r.status()} for ${r.url()}`);
    });
    v.context.on("weberror", (e) => v.faults.push("script: " + e.error()));
    v.context.on("console", (m) => {
      if (["error", "warning"].includes(m.type()) && !m.text().startsWith("Failed to load resource"))
        v.faults.push("console: " + m.text());
    });
    v.page = await v.context.newPage();
    v.page.setDefaultTimeout(30000);
    return v;
  }

  // Somebody signed in: by their cookie if they have been before, by the form otherwise.
  static async as(role, look = {}) {
    Visitor.sessions[role] = Visitor.sessions[role] || (async () => {
      const v = await Visitor.come();
      await v.signIn(role);
      const cookies = (await v.context.cookies()).filter((c) => c.name === "session");
      await v.leave();
      return cookies;
    })();
    return Visitor.come({ ...look, cookies: await Visitor.sessions[role] });
  }

  async signIn(role) {
    await this.go("/sign-in");
    await this.enter(role);
    check(!this.at().startsWith("/sign-in"), "not signed in:", role, await this.text());
  }

  async enter(role) {
    await this.page.fill("[name=name]", plan.people[role]);
    await this.page.fill("[name=password]", plan.password);
    await this.press("main form button.go");
  }

  async go(to, status = 200) {
    const answer = await this.page.goto(plan.base + to);
    check(status === null || answer.status() === status, to, "answers", answer.status(), "not", status);
    return answer.status();
  }

  // Types into a field, which may stand in a group that is folded.
  async fill(what, words) {
    const fold = this.page.locator("details.fold:not([open])").filter({ has: this.page.locator(what) });
    if (await fold.count()) await fold.locator("> summary").click();
    await this.page.fill(what, words);
  }

  // Presses a button or follows a link that leads to another page.
  async press(what) {
    const [answer] = await Promise.all([
      this.page.waitForEvent("response", (r) => r.request().isNavigationRequest() && (r.status() < 300 || r.status() >= 400)),
      this.page.waitForEvent("load"),
      (typeof what === "string" ? this.page.locator(what).first() : what).click()]);
    return answer.status();
  }

  at() { return this.page.url().slice(plan.base.length); }
  text() { return this.page.locator("main").innerText(); }
  async says(...words) {
    const text = await this.text();
    for (const w of words) check(text.includes(w), this.at(), "does not say", w, "but:", text.slice(0, 1500));
  }
  say(english) {
    const pair = plan.catalogue.find(([en]) => en === english);
    check(pair, "no such sentence:", english);
    return this.lang === "en" ? english : pair[1];
  }

  // What must hold of every page. axe looks where it is asked to.
  async look(name, { barriers = this.js, screen = true } = {}) {
    const where = `${name} (${this.at()}, ${this.lang}, ${this.size}${this.js ? "" : ", no script"}${this.dark ? ", dark" : ""})`;
    const seen = await this.page.evaluate(inspect);
    check(!seen.wide, where, "is wider than its window:", seen.wide);
    check(seen.cut.length === 0, where, "cuts off:", seen.cut);
    check(seen.lang === (this.lang === "en" ? "en" : "zh-CN"), where, "says it is in", seen.lang);
    const foreign = seen.words.filter((w) => untranslated(w, this.lang));
    check(foreign.length === 0, where, "is not translated:", foreign);
    if (screen) await this.page.screenshot({ fullPage: true,
      path: path.join(plan.screens, `${name}_${this.size}_${this.lang}${this.js ? "" : "_nojs"}${this.dark ? "_dark" : ""}.png`) });
    if (barriers) await this.barriers(where);
    check(this.faults.length === 0, where, this.faults);
  }

  async barriers(where) {
    if (!(await this.page.evaluate("typeof axe === 'object'"))) await this.page.evaluate(axe);
    const found = await this.page.evaluate((tags) => axe.run(document, { runOnly: tags, resultTypes: ["violations"] })
      .then((r) => r.violations.map((v) => ({ rule: v.id, help: v.help,
        nodes: v.nodes.slice(0, 4).map((n) => n.html.slice(0, 200) + " " + n.any.concat(n.all).map((c) => c.message).join("; ")) }))), RULES);
    check(found.length === 0, where, "has barriers:", JSON.stringify(found, null, 1));
  }

  async leave() {
    const faults = this.faults;
    await this.context.close();
    check(faults.length === 0, faults);
  }
}
Visitor.sessions = {};

// Runs in the page: what is too wide, what is cut off, and the words that people read.
function inspect() {
  const shown = (e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest(".hidden, .skip, template");
  const root = document.documentElement, words = [], cut = [];
  for (const e of document.querySelectorAll("button, .button, summary, th, label, .mark, .chip, nav a, h1, h2"))
    if (shown(e) && e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX !== "visible")
      cut.push(e.outerHTML.slice(0, 120));
  // A control that stands out of the window where nothing scrolls to it.
  for (const e of document.querySelectorAll("a, button, input, select, textarea, summary")) {
    const r = e.getBoundingClientRect();
    if (shown(e) && r.width && (r.left < -1 || r.right > innerWidth + 1) && !e.closest(".scroll, nav, pre"))
      cut.push("outside: " + e.outerHTML.slice(0, 120));
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (parent.closest("pre, script, style, template, kbd, textarea, datalist, [lang]:not(html)")) continue;
    words.push(walker.currentNode.data.replace(/\s+/g, " ").trim());
  }
  for (const e of document.querySelectorAll("[placeholder], [aria-label], [title], [alt]"))
    for (const name of ["placeholder", "aria-label", "title", "alt"])
      if (e.hasAttribute(name)) words.push(e.getAttribute(name).trim());
  const wide = root.scrollWidth > innerWidth &&
    [...document.querySelectorAll("main *, header *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
      .slice(0, 3).map((e) => e.outerHTML.slice(0, 120)).join(" | ");
  return { wide: root.scrollWidth > innerWidth ? wide || "?" : "", cut: cut.slice(0, 8), lang: root.lang, words: words.filter(Boolean) };
}

// --- words of the other language -------------------------------------------------------------------
const HAN = /[\u4e00-\u9fff]/;
const exact = { zh: new Set(), en: new Set() }, patterns = { zh: [], en: [] };
for (const [english, chinese] of plan.catalogue) {
  if (english === chinese || english === "Xiaohao") continue;
  for (const [lang, sentence] of [["zh", english], ["en", chinese]]) {
    if (lang === "en" && !HAN.test(sentence)) continue;
    if (!/\{\d\}/.test(sentence)) {
      exact[lang].add(sentence.trim());
      continue;
    }
    const parts = sentence.trim().split(/\{\d\}/);
    if (parts.join("").replace(/[^\p{L}]/gu, "").length >= (lang === "zh" ? 8 : 4))
      patterns[lang].push(new RegExp("^" + parts.map((p) => p.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".*") + "$", "s"));
  }
}
const untranslated = (words, lang) => words.length > 1 && (exact[lang].has(words) || patterns[lang].some((p) => p.test(words)));

module.exports = { plan, test, check, runAll, open, close, Visitor, SIZES };
