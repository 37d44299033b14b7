// app.js: what makes the pages livelier. Without it everything works all the same.
"use strict";

// A menu closes when one clicks elsewhere or presses Escape.
const menus = "details.me[open], details.more[open]";
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(menus)) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll(menus)) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// On a phone the filter is folded until it is asked for: the list comes first.
if (matchMedia("(max-width: 44rem)").matches) {
  for (const filter of document.querySelectorAll("details.filtering")) filter.open = false;
}

// A picture of which no small one can be made is shown by the sign of a file.
document.addEventListener("error", (event) => {
  const link = event.target.closest && event.target.closest(".file a");
  if (!link) return;
  const sign = document.createElement("span");
  sign.className = "paper";
  sign.setAttribute("aria-hidden", "true");
  sign.textContent = "▤";
  link.replaceWith(sign);
}, true);

// A form is sent once, however often somebody presses.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  if (form.method === "post") form.dataset.sent = "1";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// Tables of charts are on paper, too, also where the browser's style cannot open them.
window.addEventListener("beforeprint", () => {
  for (const data of document.querySelectorAll("details.data:not([open])")) {
    data.open = true;
    data.dataset.shut = "1";
  }
});
window.addEventListener("afterprint", () => {
  for (const data of document.querySelectorAll("details.data[data-shut]")) {
    data.open = false;
    delete data.dataset.shut;
  }
});
for (const button of document.querySelectorAll("button.print")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
