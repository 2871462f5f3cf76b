// Files are dropped into a form, or chosen; either sends it.
const names = (form) => {
  const files = [...one("input[type=file]", form).files];
  one(".names", form).textContent = files.map((file) => file.name).join(" · ");
  if (files.length) form.requestSubmit();
};
document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-drop]");
  if (form && event.target.type === "file") names(form);
});
for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const form = one("[data-drop]");
    if (!form || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    form.classList.toggle("over", kind === "dragenter" || kind === "dragover");
    if (kind !== "drop") return;
    one("input[type=file]", form).files = event.dataTransfer.files;
    names(form);
  });
}
