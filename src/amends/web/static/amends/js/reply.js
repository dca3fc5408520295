// The box to answer in: what is written stays in this browser until it was sent; Ctrl/Cmd+Enter sends, Enter does not.
const box = document.querySelector("[data-reply]");
const PREFIX = "amends-reply ";

// The page comes back with ?sent= once the server has it: what was kept may go.
const address = new URL(location.href);
if (address.searchParams.has("sent")) {
  if (box) localStorage.removeItem(PREFIX + box.dataset.reply);
  address.searchParams.delete("sent");
  history.replaceState(history.state, "", address);
}

if (box) {
  const key = PREFIX + box.dataset.reply;
  const text = box.querySelector("[data-reply-text]");
  const kept = box.querySelector("[data-reply-kept]");
  const to = box.querySelector("[name=to]");
  const cc = box.querySelector("[name=cc]");
  const modes = [...box.querySelectorAll("[data-reply-mode]")];

  const keep = () => {
    try {
      if (text.value.trim()) localStorage.setItem(key, text.value);
      else localStorage.removeItem(key);
      kept.hidden = !text.value.trim();
    } catch {
      kept.hidden = true; // no room, or storage is off: nothing is promised then
    }
  };
  const mark = () => {
    for (const mode of modes) {
      if (mode.dataset.to === to.value && mode.dataset.cc === cc.value) mode.setAttribute("aria-current", "true");
      else mode.removeAttribute("aria-current");
    }
  };

  if (!text.value) text.value = localStorage.getItem(key) ?? "";
  keep();
  mark();
  text.addEventListener("input", keep);
  box.addEventListener("input", mark);
  for (const mode of modes) {
    mode.addEventListener("click", (event) => {
      event.preventDefault();
      to.value = mode.dataset.to;
      cc.value = mode.dataset.cc;
      mark();
      htmx.trigger(box.querySelector(".reply-who"), "audience");
      text.focus();
    });
  }
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      box.requestSubmit(box.querySelector("[data-check-send], [data-reply-letter]"));
    } else if (event.target.matches("input:not([type=checkbox], [type=file])")) {
      event.preventDefault(); // Enter in an address field must not send
    }
  });
  let going = false;
  box.addEventListener("submit", (event) => {
    if (event.submitter?.matches("[data-reply-letter]")) return; // a file is taken as often as one likes
    if (going) event.preventDefault();
    going = true;
  });
  addEventListener("pageshow", () => { going = false; });
  byHand(box.querySelector("[data-reply-mail]"), { text, to, cc });
  document.querySelector("[data-reply-left]")?.form.addEventListener("submit", () => localStorage.removeItem(key));
}

// Where nothing can leave from here: the answer as it stands, in the mail program of whoever wrote it.
function byHand(link, { text, to, cc }) {
  if (!link) return;
  const people = (field) => (field.value.match(/[^\s<>,;"]+@[^\s<>,;"]+/g) ?? [])
    .map((one) => encodeURIComponent(one).replace("%40", "@")).join(",");
  const subject = /^re:/i.test(link.dataset.replyMail) ? link.dataset.replyMail : `Re: ${link.dataset.replyMail}`;
  link.hidden = false;
  const point = () => {
    const body = encodeURIComponent(text.value.replace(/\r?\n/g, "\r\n"));
    const copies = people(cc);
    link.href = `mailto:${people(to)}?subject=${encodeURIComponent(subject)}${copies && `&cc=${copies}`}&body=${body}`;
  };
  point();
  for (const event of ["pointerdown", "focus", "click"]) link.addEventListener(event, point);
}

// "R" goes to the box.
export function answer() {
  const text = document.querySelector("[data-reply-text]");
  text?.focus();
  text?.scrollIntoView({ block: "center" });
}
