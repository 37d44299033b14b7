// draft.js: what is typed into a form is kept in this browser until it was taken: over a closed tab,
// a lost connection and an ended session. Never a password, a sealed field or a file. Files that were
// chosen are listed. Without it the server keeps what was typed when a session has ended.
"use strict";

(() => {
  const who = document.body.dataset.who;
  const words = document.getElementById("draft-words").dataset;
  const PREFIX = "draft ", SENT = "draft sent", DAYS = 14;

  // A browser may refuse to keep anything; then forms work as they do without.
  const kept = (store, key) => {
    try { return JSON.parse(store.getItem(key)); } catch { return null; }
  };
  const keep = (store, key, value) => {
    try {
      if (value === null) store.removeItem(key);
      else store.setItem(key, JSON.stringify(value));
    } catch { /* full, or forbidden */ }
  };

  const keyOf = (form) => PREFIX + who + " " + form.dataset.draft;
  const typed = (form) => [...form.elements].filter((e) => e.name && e.willValidate !== undefined &&
    !["hidden", "password", "file", "submit", "button"].includes(e.type) && e.dataset.private === undefined &&
    e.tagName !== "BUTTON" && e.tagName !== "FIELDSET");
  const box = (e) => e.type === "checkbox" || e.type === "radio";
  const now = (e) => box(e) ? e.checked : e.value;
  const first = (e) => box(e) ? e.defaultChecked :
    e.tagName === "SELECT" ? ([...e.options].find((o) => o.defaultSelected) || e.options[0] || {}).value : e.defaultValue;
  // Of several fields with one name each is kept for itself.
  const nth = (e) => {
    const same = [...e.form.elements].filter((o) => o.name === e.name && !box(o));
    return same.length > 1 ? "#" + same.indexOf(e) : "";
  };
  const nameOf = (e) => box(e) ? e.name + "=" + e.value : e.name + nth(e);

  const note = (form, kind, sentence, button) => {
    let line = form.querySelector(".draft-note");
    if (!line) {
      line = document.createElement("p");
      line.setAttribute("role", "status");
      form.prepend(line);
    }
    line.className = "draft-note say " + kind;
    line.textContent = sentence + " ";
    if (button) line.append(button);
  };

  // --- keeping and bringing back -------------------------------------------------------------------
  const save = (form) => {
    const fields = {};
    for (const e of typed(form)) if (now(e) !== first(e)) fields[nameOf(e)] = now(e);
    const hidden = (name) => form.elements[name] ? form.elements[name].value : "";
    keep(localStorage, keyOf(form), Object.keys(fields).length === 0 ? null :
      { at: Date.now(), fields, version: hidden("version"), head: hidden("head") });
  };

  const restore = (form) => {
    const draft = kept(localStorage, keyOf(form));
    if (!draft) return;
    let changed = false;
    for (const e of typed(form)) {
      const value = draft.fields[nameOf(e)];
      if (value === undefined || value === now(e)) continue;
      if (box(e)) e.checked = value; else e.value = value;
      const fold = e.closest("details");
      if (fold) fold.open = true;
      changed = true;
    }
    if (!changed) return;
    // What others did since the draft was begun is said when it is sent.
    for (const name of ["version", "head"])
      if (form.elements[name] && draft[name]) form.elements[name].value = draft[name];
    const discard = document.createElement("button");
    discard.type = "button";
    discard.textContent = words.discard;
    discard.addEventListener("click", () => {
      keep(localStorage, keyOf(form), null);
      location.reload();
    });
    note(form, "good", words.restored + (form.querySelector("input[type=file]") ? " " + words.files : ""), discard);
  };

  // The page that follows a form says with an alert when it was not taken.
  const settle = () => {
    const sent = kept(sessionStorage, SENT), alert = document.querySelector("[role=alert]");
    const again = document.querySelector("form[data-kept]");
    const arrived = performance.getEntriesByType("navigation")[0];
    if (!sent) return;
    if (again && !sent.hidden && kept(localStorage, sent.key)) {
      // The form itself is better than what the server could keep of it: files are chosen there.
      again.elements.next.value = sent.from;
      for (const e of [...again.elements])
        if (e.name === "to" || e.name === "files" || e.name.startsWith("kept-")) e.remove();
    } else if (!again && !alert && document.referrer.endsWith(sent.from) && arrived.type === "navigate") {
      keep(localStorage, sent.key, null);
    }
    if (!again) keep(sessionStorage, SENT, null);
  };

  const forget = () => {
    for (const key of Object.keys(localStorage))
      if (key.startsWith(PREFIX) && !((kept(localStorage, key) || {}).at > Date.now() - DAYS * 864e5))
        keep(localStorage, key, null);
  };

  // --- sending -------------------------------------------------------------------------------------
  const reached = async () => {
    try {
      return (await fetch("/health", { cache: "no-store", signal: AbortSignal.timeout(8000) })).ok;
    } catch {
      return false;
    }
  };

  const send = async (form, button) => {
    form.dataset.asking = "1";
    const there = await reached();
    delete form.dataset.asking;
    if (!there) {
      note(form, "warn", words.offline);
      form.querySelector(".draft-note").scrollIntoView({ block: "nearest" });
      return;
    }
    const hidden = [...form.querySelectorAll("[data-private]")].some((e) => e.value);
    keep(sessionStorage, SENT, { key: keyOf(form), from: location.pathname + location.search, hidden });
    form.dataset.reached = "1";
    form.requestSubmit(button);
    delete form.dataset.reached;
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!who || form.dataset.draft === undefined || form.dataset.reached) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!form.dataset.asking) send(form, event.submitter);
  }, true);

  // --- files ---------------------------------------------------------------------------------------
  const list = (input) => {
    const old = input.parentElement.nextElementSibling;
    if (old && old.classList.contains("chosen-files")) old.remove();
    if (!input.files.length) return;
    const all = document.createElement("ul"), files = [...input.files];
    all.className = "chosen-files";
    for (const file of files) {
      const one = document.createElement("li");
      if (/^image\/(jpeg|png|webp|gif)$/.test(file.type)) {
        const picture = document.createElement("img");
        picture.alt = "";
        picture.src = URL.createObjectURL(file);
        picture.addEventListener("load", () => URL.revokeObjectURL(picture.src));
        one.append(picture);
      }
      one.append(file.name);
      all.append(one);
    }
    const sum = document.createElement("li");
    sum.className = "quiet";
    sum.textContent = words.heavy.replace("{0}", files.length)
      .replace("{1}", (files.reduce((n, f) => n + f.size, 0) / 1e6).toFixed(1));
    all.append(sum);
    input.parentElement.after(all);
  };

  document.addEventListener("change", (event) => {
    if (event.target.type === "file") list(event.target);
  });

  settle();
  if (!who) return;
  forget();
  for (const form of document.querySelectorAll("form[data-draft]")) restore(form);
  for (const kind of ["input", "change"])
    document.addEventListener(kind, (event) => {
      const form = event.target.form;
      if (form && form.dataset.draft !== undefined) save(form);
    });
})();
