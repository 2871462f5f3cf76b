// The script of every page: one listener per event, no handlers in the markup, no eval.
const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// Is somebody writing? Then single keys are text.
const writing = (event) =>
  event.target.closest("input:not([type=checkbox]):not([type=radio]), select, textarea, [contenteditable]");

// Toasts go after six seconds; what they told leaves the address, so that it is not told again.
function settle(toast) {
  setTimeout(() => toast.remove(), 6000);
}
all("[data-toast]").forEach(settle);
if (new URLSearchParams(location.search).has("done")) {
  const url = new URL(location.href);
  url.searchParams.delete("done");
  history.replaceState(history.state, "", url);
}

function toast(text) {
  const box = document.createElement("div");
  box.className = "toast";
  box.append(text);
  one("#toasts")?.append(box);
  settle(box);
}

document.addEventListener("click", (event) => {
  const copy = event.target.closest("[data-copy]");
  if (copy) navigator.clipboard?.writeText(copy.dataset.copy).then(() => toast(copy.dataset.copied ?? copy.dataset.copy));
  // A row leads where its first link leads; links, buttons and selected text in it are their own.
  const row = event.target.closest("tr[data-href]");
  const own = event.target.closest("a, button, input, label, .ck");
  if (row && !own && !String(getSelection())) location.href = row.dataset.href;
});

// A form is sent once.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once]")) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "true";
  all("button[type=submit]", form).forEach((button) => button.setAttribute("aria-disabled", "true"));
});
// Whoever comes back by the browser's own button may send again.
addEventListener("pageshow", () =>
  all("[data-once]").forEach((form) => {
    delete form.dataset.sent;
    all("button[type=submit]", form).forEach((button) => button.removeAttribute("aria-disabled"));
  }),
);
