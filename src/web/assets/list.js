// list.js: keys in the list of items, and a choice that lives on from page to page. Without it one
// chooses among the rows of a page.
"use strict";

(() => {
  const form = document.getElementById("items");
  const csrf = document.querySelector("main input[name=csrf]");
  // The choice belongs to this tab and ends with it.
  const key = "chosen " + (csrf ? csrf.value : "");
  const read = () => new Set(JSON.parse(sessionStorage.getItem(key) || "[]"));
  const write = (chosen) => sessionStorage.setItem(key, JSON.stringify([...chosen]));

  if (document.querySelector("[data-bulk-done]")) sessionStorage.removeItem(key);
  const keys = document.querySelector("dialog.keys");
  if (keys) {
    const open = document.querySelector(".keys-open");
    open.hidden = false;
    open.addEventListener("click", () => keys.showModal());
  }

  // --- choosing ----------------------------------------------------------------------------------
  const rows = form ? [...form.querySelectorAll("tbody tr")] : [];
  const box = (row) => row.querySelector("input[name=code]");
  const boxes = rows.map(box).filter(Boolean);
  const all = form && form.querySelector(".pick-all");
  const none = form && form.querySelector(".choose-none");

  const show = () => {
    const chosen = read(), bar = form.querySelector(".bulk");
    for (const row of rows) row.classList.toggle("chosen", chosen.has(row.dataset.code));
    for (const b of boxes) b.checked = chosen.has(b.value);
    all.checked = boxes.length > 0 && boxes.every((b) => b.checked);
    all.indeterminate = !all.checked && boxes.some((b) => b.checked);
    none.hidden = chosen.size === 0;
    bar.querySelector(".chosen-count").textContent = chosen.size
      ? bar.dataset.chosen.replace("{0}", chosen.size) : "";
  };
  const keep = (changed) => {
    const chosen = read();
    for (const b of changed) b.checked ? chosen.add(b.value) : chosen.delete(b.value);
    write(chosen);
    show();
  };

  if (boxes.length) {
    all.hidden = false;
    all.addEventListener("change", () => {
      for (const b of boxes) b.checked = all.checked;
      keep(boxes);
    });
    none.addEventListener("click", () => {
      write(new Set());
      show();
    });
    form.addEventListener("change", (event) => {
      if (event.target.name === "code") keep([event.target]);
    });
    // What was chosen on other pages goes with the form.
    form.addEventListener("submit", (event) => {
      for (const old of form.querySelectorAll("input[data-elsewhere]")) old.remove();
      if (event.submitter && event.submitter.name === "all") return;
      const here = new Set(boxes.map((b) => b.value));
      for (const code of read()) {
        if (here.has(code)) continue;
        const input = document.createElement("input");
        input.type = "hidden";
        input.name = "code";
        input.value = code;
        input.dataset.elsewhere = "1";
        form.append(input);
      }
    });
    window.addEventListener("pageshow", show);
    show();
  }

  // --- keys --------------------------------------------------------------------------------------
  let at = -1;
  const go = (to) => {
    if (!rows.length) return;
    if (rows[at]) rows[at].classList.remove("here");
    at = Math.max(0, Math.min(rows.length - 1, to));
    rows[at].classList.add("here");
    rows[at].querySelector("td.code a, td a").focus({ preventScroll: true });
    rows[at].scrollIntoView({ block: "nearest" });
  };
  if (form) form.addEventListener("focusin", (event) => {
    const row = event.target.closest("tbody tr");
    if (!row) return;
    if (rows[at]) rows[at].classList.remove("here");
    at = rows.indexOf(row);
    row.classList.add("here");
  });

  document.addEventListener("keydown", (event) => {
    const inField = event.target.closest("input:not([type=checkbox]), select, textarea, dialog");
    if (inField || event.ctrlKey || event.altKey || event.metaKey || !keys) return;
    const inList = at >= 0 && rows[at].contains(event.target);
    const acts = {
      j: () => go(at + 1), k: () => go(at - 1),
      ArrowDown: inList && (() => go(at + 1)), ArrowUp: inList && (() => go(at - 1)),
      x: () => rows[at] && box(rows[at]) && box(rows[at]).click(),
      "/": () => document.querySelector("form.find input").focus(),
      "?": () => keys.showModal(),
      Enter: inList && event.target.type === "checkbox" && (() => rows[at].querySelector("a").click()),
    };
    if (!acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  });
})();
