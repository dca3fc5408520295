// One key for each decision. Keys do nothing while somebody types, or with a modifier held.
import { open } from "./dialogs.js";
import { answer } from "./reply.js";

const PLACES = { t: "today", r: "recoveries", p: "promises", c: "clients", m: "mail", k: "check", s: "settings" };
let waiting = 0;

function rows() {
  return [...document.querySelectorAll("[data-row]")].filter((row) => row.checkVisibility());
}

function current() {
  return document.activeElement?.closest?.("[data-row]") ?? null;
}

function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(current());
  const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step));
  all[next].focus();
  all[next].scrollIntoView({ block: "nearest" });
}

function act(key) {
  const row = current() ?? rows()[0];
  const target = row?.querySelector(`[data-key="${key}"]`);
  if (!target) return false;
  if (target instanceof HTMLDetailsElement) {
    target.open = true;
    target.querySelector("input:not([type=hidden]), textarea, button")?.focus();
  } else {
    target.click();
  }
  return true;
}

function find() {
  const field = document.getElementById("top-q");
  if (field?.checkVisibility()) field.select();
  else document.querySelector(".top-find")?.click();
}

function mark() {
  const letter = document.activeElement?.closest?.(".letter") ?? [...document.querySelectorAll(".letter:has(details[open] [data-mark])")].at(-1);
  letter?.querySelector("[data-mark]")?.click();
}

function go(key) {
  const place = document.querySelector(`[data-place="${PLACES[key]}"]`);
  if (place) location.assign(place.href);
}

const ACTS = {
  j: () => move(1),
  k: () => move(-1),
  ArrowDown: () => move(1),
  ArrowUp: () => move(-1),
  y: () => act("y"),
  e: () => act("e"),
  b: () => act("b"),
  d: () => act("d"),
  w: () => act("w"),
  o: () => act("o"),
  n: () => act("n"),
  l: () => act("l"),
  p: () => act("p"),
  c: () => act("c"),
  z: () => document.querySelector("[data-toast] [data-undo]")?.click(),
  m: mark,
  r: () => act("r") || answer(),
  "/": find,
  "?": () => open("help"),
  g: () => { waiting = Date.now() + 1200; },
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, dialog[open], [contenteditable]")) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (waiting > Date.now() && key in PLACES) {
    waiting = 0;
    event.preventDefault();
    go(key);
    return;
  }
  if (event.key === "Enter") {
    if (event.target.matches("[data-row]") && act("enter")) event.preventDefault();
    return;
  }
  if (key.startsWith("Arrow") && !event.target.matches("[data-row]")) return; // pages scroll
  if (ACTS[key]) {
    event.preventDefault();
    ACTS[key]();
  }
});

// A row that was answered is swapped; the keyboard stays where it was.
let kept = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  const row = event.target.closest?.("[data-row]");
  kept = row && (row.contains(document.activeElement) || document.activeElement === document.body) ? row.id : null;
});
document.addEventListener("htmx:afterSettle", () => {
  if (!kept) return;
  if (document.activeElement === document.body) document.getElementById(kept)?.focus({ preventScroll: true });
  kept = null;
});
