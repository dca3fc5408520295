// A thread: open all messages at once, close them again.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-open-all]");
  if (!button) return;
  const open = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(open));
  const letters = [...document.querySelectorAll("details[data-letter]")];
  letters.forEach((letter, number) => { letter.open = open || number === letters.length - 1; });
});

// A card opens under the pointer and where the keyboard is; Escape shuts it until both have left.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  const open = [...document.querySelectorAll(".noticed")].filter((one) => one.querySelector(".noticed-card").checkVisibility());
  for (const one of open) {
    event.preventDefault();
    one.dataset.shut = "";
    if (one.querySelector(".noticed-card").contains(document.activeElement)) one.querySelector(".noticed-word").focus();
  }
});

const leaves = () => setTimeout(() => {
  for (const one of document.querySelectorAll("[data-shut]")) {
    if (!one.matches(":hover") && !one.contains(document.activeElement)) delete one.dataset.shut;
  }
});
document.addEventListener("pointerout", leaves);
document.addEventListener("focusout", leaves);
document.addEventListener("click", (event) => {
  const one = event.target.closest?.(".noticed-word")?.closest("[data-shut]");
  if (one) delete one.dataset.shut;
});
