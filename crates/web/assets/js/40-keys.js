// Single keys, never inside a field; the sheet behind `?` shows them.
const places = { d: "/", c: "/customers", o: "/orders", i: "/import_batches" };
let going = 0;

function move(step) {
  const rows = all("tbody tr[data-href]");
  const at = rows.findIndex((row) => row.classList.contains("at"));
  const row = rows[Math.max(0, Math.min(rows.length - 1, at + step))];
  rows[at]?.classList.remove("at");
  row?.classList.add("at");
  row?.scrollIntoView({ block: "nearest" });
  if (row) one("a.main", row)?.focus({ preventScroll: true });
  if (one("#peek:not([hidden])")) peek(row);
}

const keys = {
  j: () => move(1),
  k: () => move(-1),
  g: () => (going = Date.now()),
  "?": () => one("#keys")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    return openPalette();
  }
  if (event.key.length === 1 && document.documentElement.dataset.keys) return;
  const own = writing(event) || event.metaKey || event.ctrlKey || event.altKey;
  if (own || one("dialog[open], [popover]:popover-open")) return;
  if (Date.now() - going < 800) {
    going = 0;
    if (places[event.key] && palette) location.href = places[event.key];
    return;
  }
  const marked = one(`[data-key="${CSS.escape(event.key)}"]`);
  if (marked) {
    event.preventDefault();
    if (marked.matches("input")) marked.focus();
    else marked.click();
    return;
  }
  // Shift makes a range of what the same key does alone.
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  // A control has its own way with these.
  if (/^( |Enter)$/.test(key) && event.target.closest("button, input, summary, select")) return;
  if (/^Arrow/.test(key) && !one("#peek:not([hidden])")) return;
  if (!keys[key] || (key === "Enter" && event.target.closest("a"))) return;
  if (/^( |Arrow)/.test(key)) event.preventDefault();
  keys[key](event);
});

// What opens in a dialog here is a page of its own where there is no script.
const dialog = one("#dialog");
document.addEventListener("click", async (event) => {
  if (event.target.closest("[data-close]") || event.target.matches("dialog"))
    event.target.closest("dialog").close();
  const link = event.target.closest("[data-dialog]");
  if (!link || !dialog || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  link.closest("[popover]")?.hidePopover();
  const answer = await fetch(link.href, { headers: { "HX-Request-Type": "partial" } });
  if (!answer.ok) return (location.href = link.href);
  dialog.innerHTML = await answer.text();
  dialog.showModal();
});
