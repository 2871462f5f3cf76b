// The home page is arranged by dragging, or by arrow keys on a widget's buttons; the server keeps where things stand.
const widget = (event) => event.target.closest?.("[data-widget]");
const press = (of, what) => one(`button[value=${what}]`, of)?.click();
let dragged = null;
document.addEventListener("dragstart", (event) => {
  dragged = widget(event);
  dragged?.classList.add("dragged");
});
document.addEventListener("dragover", (event) => {
  const over = widget(event);
  if (!dragged || !over) return;
  event.preventDefault();
  if (over === dragged) return;
  const later = dragged.compareDocumentPosition(over) & Node.DOCUMENT_POSITION_FOLLOWING;
  over[later ? "after" : "before"](dragged);
});
document.addEventListener("dragend", () => {
  if (!dragged) return;
  dragged.classList.remove("dragged");
  one("[name=before]", dragged).value = dragged.nextElementSibling?.dataset.widget ?? "";
  press(dragged, "place");
  dragged = null;
});
document.addEventListener("keydown", (event) => {
  const [of, way] = [widget(event), /^Arrow(Left|Up|Right|Down)$/.exec(event.key)?.[1]];
  if (!of || !way) return;
  event.preventDefault();
  press(of, event.shiftKey ? "size" : /L|U/.test(way) ? "back" : "forward");
});
