// Saying that something was missed: select words of a client, or press the mark button and choose a sentence by key or click.
// The server has put a span with its place around each sentence; one form a letter is moved under the sentence it is about.
const NOTHING = { words: null, start: "" };
let corrected = NOTHING; // where the keyboard was when a correction was sent

const sentences = (words) => [...words.querySelectorAll(".said")];
const marking = () => document.querySelector("[data-words][data-marking]");
const button = (words) => document.querySelector(`[data-mark="${words.id}"]`);

function mode(words, on) {
  const starter = button(words);
  words.toggleAttribute("data-marking", on);
  starter.setAttribute("aria-pressed", String(on));
  const hint = starter.parentElement.querySelector("[data-mark-hint]");
  hint.textContent = on ? hint.parentElement.querySelector("template").content.textContent : "";
  for (const one of sentences(words)) {
    if (on) { one.tabIndex = 0; one.role = "button"; } else { one.removeAttribute("tabindex"); one.removeAttribute("role"); }
  }
}

function close(card = document.querySelector("[data-mark-card]:not([hidden])")) {
  if (!card) return null;
  card.hidden = true;
  for (const one of document.querySelectorAll(".marked")) one.classList.remove("marked");
  return card.previousElementSibling;
}

function ask(words, chosen, { focus }) {
  const card = words.querySelector("[data-mark-card]");
  if (!card) return;
  close();
  card.elements.start.value = chosen[0].dataset.start;
  card.elements.end.value = chosen.at(-1).dataset.end;
  chosen.at(-1).after(card);
  for (const one of chosen) one.classList.add("marked");
  card.hidden = false;
  card.scrollIntoView({ block: "nearest" });
  if (focus) card.querySelector("button").focus();
}

function leave() {
  const words = marking();
  if (!words) return false;
  mode(words, false);
  button(words).focus();
  return true;
}

document.addEventListener("click", (event) => {
  const starter = event.target.closest("[data-mark]");
  const said = event.target.closest("[data-marking] .said");
  if (starter) {
    const words = document.getElementById(starter.dataset.mark);
    const on = !words.hasAttribute("data-marking");
    if (marking()) mode(marking(), false);
    mode(words, on);
    if (on) sentences(words)[0]?.focus();
  } else if (said && getSelection().isCollapsed) {
    ask(said.closest("[data-words]"), [said], { focus: true });
  } else if (!event.target.closest("[data-mark-card]") && getSelection().isCollapsed) {
    close();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented) return;
  const said = event.target.closest?.("[data-marking] .said");
  if (event.key === "Escape") {
    const before = close();
    if (before?.tabIndex === 0) before.focus();
    else if (before) getSelection().removeAllRanges();
    else leave();
  } else if (said && (event.key === "Enter" || event.key === " ")) {
    event.preventDefault();
    ask(said.closest("[data-words]"), [said], { focus: true });
  } else if (said && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    const all = sentences(said.closest("[data-words]"));
    all[all.indexOf(said) + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
  }
});

// Words that are selected with a pointer: the whole sentences that they touch.
function touches(range, node) {
  const own = document.createRange();
  own.selectNodeContents(node);
  if (range.compareBoundaryPoints(Range.START_TO_START, own) > 0) own.setStart(range.startContainer, range.startOffset);
  if (range.compareBoundaryPoints(Range.END_TO_END, own) < 0) own.setEnd(range.endContainer, range.endOffset);
  return own.toString().trim() !== "";
}

let waiting = 0;
document.addEventListener("selectionchange", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    const selection = getSelection();
    if (selection.isCollapsed || !selection.rangeCount) return;
    const range = selection.getRangeAt(0);
    const around = range.commonAncestorContainer;
    const words = (around.nodeType === Node.ELEMENT_NODE ? around : around.parentElement)?.closest("[data-words]");
    const chosen = words ? [...words.querySelectorAll("[data-start]")].filter((one) => range.intersectsNode(one) && touches(range, one)) : [];
    if (chosen.length) ask(words, chosen, { focus: false });
  }, 250);
});

// The words are swapped by a correction and by taking it back; the keyboard stays at the sentence.
document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.target;
  const words = form.closest?.("[data-words]");
  if (words) corrected = { words: words.id, start: form.elements.start?.value || form.closest("[data-start]")?.dataset.start || "" };
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id !== corrected.words) return;
  const words = document.getElementById(corrected.words);
  const starter = button(words);
  if (starter) mode(words, false);
  if (document.activeElement !== document.body) return;
  const place = words.querySelector(`[data-start="${corrected.start}"]`) ?? words.closest("article");
  place.tabIndex = -1;
  place.focus({ preventScroll: true });
});
