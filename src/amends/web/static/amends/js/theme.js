// Runs before the first paint, so that a chosen theme never flashes.
(() => {
  document.documentElement.classList.add("scripted");
  try {
    const theme = localStorage.getItem("amends-theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch { /* storage may be switched off: the system's theme serves */ }
})();
