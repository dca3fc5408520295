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
// What is said in trouble stands in the page, so that it is translated like everything else.
const words = () => document.getElementById("toasts")?.dataset ?? {};
document.addEventListener("htmx:sendError", () => say(words().unreachable));
document.addEventListener("htmx:responseError", (event) => {
  const { status, responseText, getResponseHeader } = event.detail.xhr;
  const plain = status === 400 && getResponseHeader.call(event.detail.xhr, "Content-Type")?.startsWith("text/plain");
  say(plain ? responseText : status === 403 ? words().signedOut : words().failed);
});
settle();
