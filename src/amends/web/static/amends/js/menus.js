// Small panels under a button (<details>): Escape or a click beside them closes them.
const PANELS = "details.menu[open], details.drop[open]";

document.addEventListener("click", (event) => {
  for (const panel of document.querySelectorAll(PANELS)) {
    if (!panel.contains(event.target)) panel.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const panel = event.target.closest?.(PANELS) ?? document.querySelector(PANELS);
  if (!panel) return;
  panel.open = false;
  event.preventDefault(); // what it stands in stays open
  (panel.closest("[data-row]") ?? panel.querySelector("summary")).focus();
});
