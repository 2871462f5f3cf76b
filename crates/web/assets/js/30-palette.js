// The command palette: a combobox in a dialog. The server finds what fits; focus stays in the input.
const palette = one("#palette");

// The addresses of the records that were looked at last; what they are called is the server's to tell.
const visited = () => localStorage.getItem("visited") ?? "";
if (palette && /^\/\w+\/[\da-f-]{36}$/.test(location.pathname))
  localStorage.setItem("visited", [...new Set([location.pathname, ...visited().split(",")])].slice(0, 6).join());

const chosen = () => one("[role=option][aria-selected=true]", palette);

function select(option) {
  chosen()?.setAttribute("aria-selected", "false");
  const input = one("input", palette);
  if (!option) return input.removeAttribute("aria-activedescendant");
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", option.id);
}

async function search() {
  const asked = one("input", palette).value;
  const answer = await fetch(`/palette?q=${encodeURIComponent(asked)}&recent=${visited()}`, {
    headers: { "HX-Request-Type": "partial" },
  });
  if (!answer.ok || one("input", palette).value !== asked) return;
  const list = one("ul", palette);
  list.innerHTML = await answer.text();
  all("[role=option]", list).forEach((option, at) => (option.id = `palette-${at}`));
  select(one("[role=option]", list));
}

function openPalette() {
  if (!palette || palette.open) return;
  one("input", palette).value = "";
  palette.showModal();
  search();
}

if (palette) {
  let waiting = 0;
  palette.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(search, 150);
  });
  palette.addEventListener("keydown", (event) => {
    const options = all("[role=option]", palette);
    const at = options.indexOf(chosen());
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && options.length) {
      event.preventDefault();
      select(options[(at + step + options.length) % options.length]);
    } else if (event.key === "Enter" && chosen()) {
      event.preventDefault();
      location.href = chosen().dataset.href;
    }
  });
  palette.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) location.href = option.dataset.href;
  });
}
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-palette]") || !palette) return;
  event.preventDefault();
  openPalette();
});
