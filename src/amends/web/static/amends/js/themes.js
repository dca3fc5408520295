// The theme switch in the menu: light, dark, or as the system has it.
const root = document.documentElement;

function show() {
  const theme = root.dataset.theme ?? "";
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === theme));
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-choice]");
  if (!button) return;
  const theme = button.dataset.themeChoice;
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
  try {
    if (theme) localStorage.setItem("amends-theme", theme);
    else localStorage.removeItem("amends-theme");
  } catch { /* it holds for this page then */ }
  show();
});

show();
