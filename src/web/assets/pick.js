// pick.js: a field for a unit or a person offers what fits while one types. Without it the typed name
// or code is looked up when the form is sent.
"use strict";

(() => {
  let wait = 0, count = 0;

  const listOf = (input) => {
    if (input.list) return input.list;
    const list = document.createElement("datalist");
    list.id = "pick-" + ++count;
    input.after(list);
    input.setAttribute("list", list.id);
    return list;
  };

  const ask = async (input) => {
    const q = input.value.trim();
    if (!q) return;
    const answer = await fetch("/pick/" + input.dataset.pick + "?q=" + encodeURIComponent(q),
      { headers: { Accept: "text/html", "HX-Request": "true" } });
    if (answer.ok && input.value.trim() === q) listOf(input).innerHTML = await answer.text();
  };

  document.addEventListener("input", (event) => {
    const input = event.target;
    if (!input.dataset || !input.dataset.pick) return;
    clearTimeout(wait);
    // What was offered and chosen is not asked for again.
    if (input.list && [...input.list.options].some((o) => o.value === input.value)) return;
    wait = setTimeout(() => ask(input).catch(() => {}), 200);
  });
})();
