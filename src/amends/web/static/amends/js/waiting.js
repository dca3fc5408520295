// A form whose answer takes seconds says so, and is sent once.
const PATIENCE = 300; // milliseconds before anything is said

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-waiting]");
  if (!form) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  const status = form.querySelector("[data-status]");
  setTimeout(() => {
    for (const button of form.querySelectorAll("button")) button.dataset.busy = "";
    if (status) status.textContent = form.dataset.waiting;
  }, PATIENCE);
});

// Coming back to the page by the browser's own button: it may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
