// The grid of checked rows: a cell itself is written in. Enter saves, Escape leaves it, Tab goes to the next wrong cell;
// Shift and Enter correct all cells of the kind. Arrow keys go from cell to cell, Enter opens one that is not wrong.
// What is saved comes back from the server as the whole step.
const root = () => document.querySelector("#import");
const wrong = () => [...root().querySelectorAll("button.cell")];
let sending = false;

// Of the cells that are not wrong one takes part in the order of Tab: the one where one was last.
const CELLS = "#import td[data-place]";
const rove = (cell) => {
  for (const other of document.querySelectorAll(`${CELLS}[tabindex]`)) other.tabIndex = -1;
  if (cell) cell.tabIndex = 0;
};
const goTo = (cell) => {
  const button = cell.querySelector("button.cell");
  if (!button) rove(cell);
  (button ?? cell).focus();
};
const begin = () => rove(document.querySelector(`${CELLS}[tabindex]`));
begin();

// Sends a correction and shows the step as it is then; the place on the page stays.
async function send(fields, next) {
  if (sending) return;
  sending = true;
  const form = root().querySelector("#fix");
  const body = new URLSearchParams(fields);
  const old = root();
  const places = [".scroll", ".wide-scroll"].map((at) => [at, old.querySelector(at)]);
  const were = places.map(([at, box]) => [at, box?.scrollTop ?? 0, box?.scrollLeft ?? 0]);
  old.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { "HX-Request-Type": "partial" } });
    const text = await answer.text();
    if (!text.includes('id="import"')) return location.reload();
    old.outerHTML = text;
    globalThis.htmx?.process(root());
    begin();
    for (const [at, top, left] of were) root().querySelector(at)?.scrollTo({ top, left, behavior: "instant" });
    const to = next.map((id) => document.getElementById(id)).find(Boolean) ?? wrong()[0];
    if (to) goTo(to.closest("td"));
    else root().querySelector(".actions .pri, .grid-card .tab")?.focus();
  } catch {
    location.reload();
  } finally {
    sending = false;
  }
}

// What every correction sends too: the tab, the page, the file and the row.
const common = (row) => [...new FormData(root().querySelector("#fix")), ["batch", row.dataset.batch], ["row", row.dataset.row]];

const after = (button) => {
  const all = wrong().map((other) => other.id);
  const at = all.indexOf(button.id);
  return [...all.slice(at + 1), ...all.slice(0, at)];
};

function edit(cell) {
  if (cell.querySelector("input")) return;
  const button = cell.querySelector("button.cell");
  const held = button ? button.dataset.holds : cell.textContent;
  const own = button?.id ?? cell.id;
  const kept = [...cell.childNodes];
  const input = document.createElement("input");
  input.className = "field";
  input.value = held;
  input.maxLength = 32767;
  input.setAttribute("aria-label", cell.dataset.label);
  cell.replaceChildren(input);
  cell.classList.add("open");
  const all = button?.dataset.all && document.createElement("button");
  if (all) {
    all.type = "button";
    all.className = "btn out";
    all.append(button.dataset.all, " ", Object.assign(document.createElement("kbd"), { textContent: "⇧⏎" }));
    cell.append(all);
  }
  let left = false;
  // Taking the entry away blurs it, which leaves too.
  const leave = (focus) => {
    if (left) return;
    left = true;
    cell.classList.remove("open");
    cell.replaceChildren(...kept);
    if (focus) goTo(cell);
  };
  const save = (what, next) => {
    if (what === "cell" && input.value === held) return leave(true);
    const more = button ? { code: button.dataset.code, holds: held } : {};
    send([...common(cell.closest("tr")), ...Object.entries({ place: cell.dataset.place, value: input.value, do: what, ...more })], next);
  };
  const order = button ? after(button) : wrong().map((other) => other.id);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault();
      save(all && event.shiftKey ? "alike" : "cell", [own, ...order]);
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      leave(true);
    } else if (event.key === "Tab") {
      const to = event.shiftKey ? order.at(-1) : order[0];
      if (!to && input.value === held) return leave(true);
      event.preventDefault();
      if (input.value !== held) return save("cell", to ? [to, ...order] : order);
      leave(false);
      const next = document.getElementById(to);
      next?.focus();
      if (next) edit(next.closest("td"));
    }
  });
  all?.addEventListener("click", () => save("alike", order));
  input.addEventListener("blur", (event) => {
    if (!sending && !cell.contains(event.relatedTarget)) leave(false);
  });
  input.focus();
  input.select();
}

document.addEventListener("click", (event) => {
  const cell = event.target.closest("#import td[data-place]");
  if (cell && !event.target.closest("input, .open button")) edit(cell);
});
// The cell beside, or above and below in the rows that have any.
function beside(cell, key) {
  const way = { ArrowLeft: "previousElementSibling", ArrowRight: "nextElementSibling" }[key];
  let to = cell;
  if (way) {
    do to = to[way];
    while (to && !to.matches(CELLS));
    return to;
  }
  const column = [...document.querySelectorAll(CELLS)].filter((other) => other.cellIndex === cell.cellIndex);
  return column[column.indexOf(cell) + { ArrowUp: -1, ArrowDown: 1 }[key]];
}
document.addEventListener("keydown", (event) => {
  const cell = event.target.closest(CELLS);
  if (!cell || event.target.matches("input")) return;
  if (event.target === cell && ["Enter", "F2"].includes(event.key)) {
    event.preventDefault();
    edit(cell);
  } else if (/^Arrow(Left|Right|Up|Down)$/.test(event.key)) {
    event.preventDefault();
    const to = beside(cell, event.key);
    if (to) goTo(to);
  }
});
// The plain forms of the grid, without leaving the place.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("#import form.fix");
  if (!form) return;
  event.preventDefault();
  const button = form.closest("tbody").querySelector("button.cell");
  send([...new FormData(form, event.submitter)], button ? [button.id, ...after(button)] : []);
});
