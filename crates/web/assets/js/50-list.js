// Rows of a list: picked by boxes, ranges with shift; and looked at beside the list.
const boxes = () => all("tbody .check");
let picked = null;

function counted() {
  const some = boxes().filter((box) => box.checked).length;
  const head = one("[data-pick-all]");
  if (head) {
    head.checked = some > 0 && some === boxes().length;
    head.indeterminate = some > 0 && !head.checked;
  }
  const told = one("#picked");
  if (told) told.dataset.n = told.textContent = some;
}

function unpick() {
  boxes().forEach((box) => (box.checked = false));
  picked = null;
  counted();
}

// The box takes the others between it and the last one along.
function pick(box, range) {
  const row = boxes();
  const [from, to] = [row.indexOf(picked), row.indexOf(box)].sort((a, b) => a - b);
  if (range && from >= 0) row.slice(from, to + 1).forEach((other) => (other.checked = box.checked));
  picked = box;
  counted();
}

const drawer = one("#peek");
// On a phone there is no room beside the list.
const beside = () => drawer && matchMedia("(min-width: 52.01rem)").matches;
const current = () => one("tbody tr.at");

async function peek(row) {
  if (!row) return;
  if (!beside()) return (location.href = row.dataset.href);
  all("tbody tr.at").forEach((other) => other.classList.toggle("at", other === row));
  row.classList.add("at");
  const answer = await fetch(`${row.dataset.href}/peek`, { headers: { "HX-Request-Type": "partial" } });
  if (!answer.ok) return (location.href = row.dataset.href);
  const text = await answer.text();
  if (current() !== row) return;
  drawer.innerHTML = text;
  drawer.hidden = false;
}

function unpeek() {
  drawer.hidden = true;
  one("a.main", current() ?? document)?.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const at = (selector) => event.target.closest(selector);
  if (at("tbody .check")) pick(at(".check"), event.shiftKey);
  if (at("[data-pick-all]")) {
    boxes().forEach((box) => (box.checked = at("[data-pick-all]").checked));
    counted();
  }
  if (at("[data-unpick]")) unpick();
  if (at("[data-unpeek]")) unpeek();
  if (at("[data-away]")) at(".toast").remove();
  if (at("[data-peek]")) peek(at("tr"));
});

// Whatever is swapped in begins with nothing picked.
document.addEventListener("htmx:after:swap", () => {
  all("#list :popover-open").forEach((open) => open.hidePopover());
  unpick();
  all("#list [data-toast]").forEach(settle);
  one("#list .sure .pri")?.focus();
});

Object.assign(keys, {
  x: (event) => {
    const box = one(".check", current() ?? undefined);
    if (!box || !current()) return;
    box.checked = !box.checked;
    pick(box, event.shiftKey);
  },
  " ": () => (drawer && !drawer.hidden ? unpeek() : peek(current() ?? one("tbody tr[data-href]"))),
  Escape: () => (drawer && !drawer.hidden ? unpeek() : unpick()),
  Enter: () => drawer && !drawer.hidden && current() && (location.href = current().dataset.href),
  ArrowDown: () => move(1),
  ArrowUp: () => move(-1),
});
