// A drill by keyboard: a figure chooses the answer, W begins one of one's own, Ctrl and Enter say it.
document.addEventListener("keydown", (event) => {
  const own = document.querySelector("[data-drill-own]");
  if (!own) return;
  if (event.target === own) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      own.form.requestSubmit();
    } else if (event.key === "Escape") {
      document.getElementById("now")?.focus();
    }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog[open]")) return;
  const choices = [...document.querySelectorAll("[data-drill-choice]")];
  const chosen = /^[1-9]$/.test(event.key) ? choices[Number(event.key) - 1] : undefined;
  if (chosen) {
    event.preventDefault();
    chosen.form.requestSubmit(chosen);
  } else if (event.key.toLowerCase() === "w") {
    event.preventDefault();
    own.focus();
  }
});
