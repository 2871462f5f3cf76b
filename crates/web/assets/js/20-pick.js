// Entries that choose a record: the combobox pattern. Focus stays in the input, the server finds what fits.
const close = (pick) => {
  one("[role=listbox]", pick).hidden = true;
  const input = one("input[role=combobox]", pick);
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
};

const mark = (pick, to) => {
  const options = all("[role=option][data-id]", pick);
  options.forEach((option) => option.setAttribute("aria-selected", "false"));
  const option = options[(to + options.length) % options.length];
  if (!option) return;
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  one("input[role=combobox]", pick).setAttribute("aria-activedescendant", option.id);
};

async function offer(pick) {
  const input = one("input[role=combobox]", pick);
  const list = one("[role=listbox]", pick);
  const asked = input.value;
  const answer = await fetch(`${pick.dataset.pick}?q=${encodeURIComponent(asked)}`, {
    headers: { "HX-Request-Type": "partial" },
  });
  if (!answer.ok || input.value !== asked || document.activeElement !== input) return;
  // The server's own markup, as in every swap.
  list.innerHTML = await answer.text();
  all("[role=option]", list).forEach((option, at) => (option.id = `${list.id}-${at}`));
  list.hidden = false;
  input.setAttribute("aria-expanded", "true");
  mark(pick, 0);
}

const choose = (pick, option) => {
  one("input[type=hidden]", pick).value = option?.dataset.id ?? "";
  one("input[role=combobox]", pick).value = option?.dataset.name ?? "";
  close(pick);
};

let waiting = 0;
document.addEventListener("input", (event) => {
  const pick = event.target.closest("[data-pick]");
  if (!pick) return;
  one("input[type=hidden]", pick).value = "";
  clearTimeout(waiting);
  waiting = setTimeout(() => offer(pick), 150);
});
document.addEventListener("focusin", (event) => {
  all("[data-pick]")
    .filter((pick) => !pick.contains(event.target))
    .forEach(close);
});
document.addEventListener("mousedown", (event) => {
  const option = event.target.closest("[data-pick] [role=option][data-id]");
  const pick = event.target.closest("[data-pick]");
  if (option) {
    event.preventDefault();
    choose(pick, option);
  } else if (pick && event.target.matches("input[role=combobox]")) {
    setTimeout(() => offer(pick));
  } else if (!pick) all("[data-pick]").forEach(close);
});
document.addEventListener("keydown", (event) => {
  const pick = event.target.closest("[data-pick]");
  if (!pick) return;
  const shown = !one("[role=listbox]", pick).hidden;
  const options = all("[role=option][data-id]", pick);
  const at = options.findIndex((option) => option.ariaSelected === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (shown) mark(pick, at + (event.key === "ArrowDown" ? 1 : -1));
    else offer(pick);
  } else if (event.key === "Enter" && shown) {
    event.preventDefault();
    if (options[at]) choose(pick, options[at]);
  } else if (event.key === "Escape" && shown) {
    event.stopPropagation();
    close(pick);
  }
});
