// Cells of a list are written in where they stand: a click or `e` opens one, Enter saves, Escape leaves it, Tab saves and goes
// on. The server reads and writes it as the form of the record does, and answers with the cell.
const headers = { "HX-Request-Type": "partial" };
const cells = () => [...document.querySelectorAll("#list td[data-cell]")];
// On a phone a row is a card, and leads to its record.
const wide = () => matchMedia("(min-width: 52.01rem)").matches;
const entry = (td) => td.querySelector("input:not([type=hidden]), select");
const texts = (td) => new URLSearchParams(new FormData(td.querySelector("form"))).toString();
let open = null;

async function edit(td) {
  if (!td || open?.td === td) return;
  leave();
  const answer = await fetch(`${td.closest("tr").dataset.href}/cell?field=${td.dataset.cell}`, { headers });
  if (!answer.ok) return (location.href = `${td.closest("tr").dataset.href}/edit`);
  const kept = [...td.childNodes];
  show(td, await answer.text());
  open = { td, kept, began: texts(td) };
}

// The server's own markup, as in every swap.
function show(td, text) {
  td.innerHTML = text;
  td.classList.add("open");
  entry(td)?.focus();
  entry(td)?.select?.();
}

function leave(focus) {
  if (!open) return;
  const { td, kept } = open;
  open = null;
  td.classList.remove("open");
  td.replaceChildren(...kept);
  if (focus) td.focus();
}

// Saves what is open; answers whether nothing is left to be mended.
async function save() {
  const { td, began } = open;
  if (open.sent) return false;
  if (texts(td) === began) return leave(true), true;
  open.sent = true;
  const form = td.querySelector("form");
  return await send(td, form.action, new FormData(form));
}

async function send(td, action, data) {
  const answer = await fetch(action, { method: "POST", body: new URLSearchParams(data), headers }).catch(() => null);
  const text = (await answer?.text()) ?? "";
  if (answer?.status !== 200 && !text.includes("cell-form")) return location.reload();
  if (answer.status !== 200) {
    const kept = open?.td === td ? open.kept : [...td.childNodes];
    show(td, text);
    open = { td, kept, began: "" };
    return false;
  }
  if (open?.td === td) open = null;
  td.innerHTML = text;
  td.classList.remove("open");
  const toast = td.querySelector(".toast");
  if (toast) {
    document.querySelector("#toasts")?.append(toast);
    toast.querySelector("form")?.addEventListener("submit", (event) => {
      event.preventDefault();
      toast.remove();
      send(td, event.target.action, new FormData(event.target));
    });
    setTimeout(() => toast.remove(), 6000);
  }
  if (!open) td.focus();
  return true;
}

addEventListener(
  "click",
  (event) => {
    const td = event.target.closest?.("#list td[data-cell]");
    if (!td || !wide() || event.target.closest("a") || String(getSelection())) return;
    event.stopPropagation();
    if (!td.classList.contains("open")) edit(td);
  },
  true,
);
addEventListener(
  "keydown",
  async (event) => {
    const td = event.target.closest?.("td[data-cell]");
    if (open && td === open.td && entry(td)) {
      // A list of records to choose from has these keys first.
      if (event.isComposing || td.querySelector("[role=listbox]:not([hidden])")) return;
      const way = { Tab: event.shiftKey ? -1 : 1 }[event.key];
      if (!way && event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      if (event.key === "Escape") return leave(true);
      const next = way && cells()[cells().indexOf(td) + way];
      if ((await save()) && next) edit(next);
      return;
    }
    const single = !event.metaKey && !event.ctrlKey && !event.altKey && !document.querySelector("dialog[open]");
    const row = td ?? document.querySelector("#list tr.at td[data-cell]");
    const opens = (event.key === "e" && !document.documentElement.dataset.keys) || (event.key === "Enter" && td);
    if (!row || !opens || !single || event.target.closest?.("input, select, textarea, button, a:not(.main)")) return;
    if (event.key === "Enter" && event.target.closest("a")) return;
    event.preventDefault();
    event.stopPropagation();
    edit(row);
  },
  true,
);
// Whoever goes elsewhere has written what stands there.
addEventListener("focusout", (event) => {
  if (!open || open.sent || !open.td.contains(event.target) || open.td.contains(event.relatedTarget)) return;
  if (!event.relatedTarget && !document.hasFocus()) return;
  if (entry(open.td) === event.target) setTimeout(() => open && !open.td.contains(document.activeElement) && save());
});
