// The portal: a document is printed.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});
