// app.js: what makes the pages livelier. Without it everything works all the same.
"use strict";

// The menu closes when one clicks elsewhere or presses Escape.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.me[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.me[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

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
