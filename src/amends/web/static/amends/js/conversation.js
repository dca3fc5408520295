// A thread: open all messages at once, close them again; Escape closes the card that explains a sentence.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-open-all]");
  if (!button) return;
  const open = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(open));
  const letters = [...document.querySelectorAll("details[data-letter]")];
  letters.forEach((letter, number) => { letter.open = open || number === letters.length - 1; });
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") event.target.closest?.(".noticed")?.querySelector("button, input") && document.activeElement.blur();
});
