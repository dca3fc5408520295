// A page made to be printed has a button that does so.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
