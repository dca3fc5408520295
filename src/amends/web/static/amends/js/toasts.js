// A toast stays for ten seconds, and as long as somebody points at it or has it in focus.
const STAYS = 10_000;

function watch(toast) {
  if (toast.dataset.watched) return;
  toast.dataset.watched = "yes";
  let timer = setTimeout(() => toast.remove(), STAYS);
  const hold = () => clearTimeout(timer);
  const release = () => { timer = setTimeout(() => toast.remove(), STAYS); };
  toast.addEventListener("pointerenter", hold);
  toast.addEventListener("pointerleave", release);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("focusout", release);
  toast.addEventListener("htmx:afterRequest", () => toast.remove());
}

function settle() {
  const toasts = [...document.querySelectorAll("[data-toast]")];
  for (const old of toasts.slice(0, -1)) old.remove();
  if (toasts.length) watch(toasts.at(-1));
}

export function say(text) {
  const toast = document.createElement("div");
  toast.className = "toast toast-trouble";
  toast.dataset.toast = "";
  toast.append(Object.assign(document.createElement("p"), { textContent: text }));
  document.getElementById("toasts")?.append(toast);
  settle();
}

document.addEventListener("htmx:oobAfterSwap", settle);
document.addEventListener("htmx:afterSettle", settle);
document.addEventListener("htmx:sendError", () => say("The server cannot be reached. Nothing was changed; try again."));
document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  say(status === 403 ? "You were signed out meanwhile. Reload the page and sign in." : "That did not work, and nothing was changed. Reload the page and try again.");
});
settle();
