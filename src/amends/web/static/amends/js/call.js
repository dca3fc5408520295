// The page of a call. Every keystroke goes into this browser's store at once, and to the server when it can be reached.
import { entries, forget, keyOf, newId, read, send, settle, waits, write } from "./call-store.js";

const { me, call, began, notes } = JSON.parse(document.getElementById("call-data").textContent);
const body = document.querySelector("[data-call]");
const url = body.dataset.call;
const saved = document.querySelector("[data-saved]");
const words = document.getElementById("call-words").dataset;
const PHASE = `amends-call-phase ${me} ${call}`;
const SOON = 350;
const POLL = 4000;
const loose = new Map(); // entries that this browser would not keep
const boxes = new Map(); // id of a note: its field
const others = new Map(); // id of somebody else's note: what it says

const place = (kind, issue) => `${kind}:${issue ?? ""}`;
const kept = (id) => loose.get(id) ?? read(keyOf(me, call, id));
const mine = () => [...entries(me, call).map(([, entry]) => entry).filter((entry) => !loose.has(entry.id)), ...loose.values()];

function keep(entry) {
  if (write(keyOf(me, call, entry.id), entry)) loose.delete(entry.id);
  else loose.set(entry.id, entry);
}

// ---- what the page shows of it

let trouble = "";
function tell() {
  const left = mine().filter(waits);
  const state = left.some((entry) => entry.refused) ? "refused"
    : !left.length ? "all"
    : trouble && left.some((entry) => loose.has(entry.id)) ? "lost"
    : trouble === "out" ? "out"
    : trouble ? "here" : "going";
  if (saved.dataset.saved === state) return;
  saved.dataset.saved = state;
  saved.textContent = saved.dataset[state];
}

function showHeard(list, found) {
  if (!list) return;
  list.replaceChildren(...found.map(({ quote, said }) => {
    const item = document.createElement("li");
    item.append(Object.assign(document.createElement("strong"), { textContent: words.promised }), ` ${quote} `,
      Object.assign(document.createElement("span"), { className: said ? "call-due" : "call-due call-nodate", textContent: said || words.nodate }));
    return item;
  }));
}

function showOthers() {
  for (const list of document.querySelectorAll("[data-others]")) {
    const there = [...others.values()].filter((note) => place(note.kind, ["point", "promise"].includes(note.kind) ? "" : note.issue) === list.dataset.others && note.text.trim());
    const shown = there.map((note) => {
      const mood = ["before", "after"].includes(note.kind) ? list.closest("fieldset")?.querySelector(`input[value="${CSS.escape(note.text)}"]`)?.parentElement.textContent.trim() : "";
      return [note.mine ? words.elsewhere : note.author, mood || note.text];
    });
    const mark = JSON.stringify(shown);
    if (list.dataset.shown === mark) continue;
    list.dataset.shown = mark;
    list.replaceChildren(...shown.map(([who, text]) => {
      const item = document.createElement("li");
      item.append(Object.assign(document.createElement("span"), { className: "call-by", textContent: who }), Object.assign(document.createElement("p"), { textContent: text }));
      return item;
    }));
  }
}

function phase(next, focus = true) {
  body.dataset.phase = next;
  for (const part of body.querySelectorAll("[data-while]")) part.hidden = part.dataset.while !== next;
  try { localStorage.setItem(PHASE, next); } catch { /* then it opens with listening */ }
  if (next === "points" && focus) document.querySelector(".call-point textarea, [data-call-do=point]")?.focus();
}

// ---- boxes

function fill(field, text) {
  if (field.type === "radio") {
    for (const one of document.getElementsByName(field.name)) one.checked = one.value === text;
  } else if (field.value !== text) {
    field.value = text;
  }
}

function typed(field, text) {
  const known = kept(field.dataset.id);
  const entry = known ?? { id: field.dataset.id, kind: field.dataset.note, issue: field.dataset.issue || null, edition: 0, sent: 0, url, born: Date.now() };
  keep({ ...entry, text, edition: entry.edition + 1, at: Date.now() });
  tell();
  soon(SOON);
}

function bind(field, entry) {
  field.dataset.id = entry?.id ?? newId();
  boxes.set(field.dataset.id, field);
  if (entry) fill(field, entry.text);
  field.addEventListener("input", () => typed(field, field.value));
}

function bindMood(kind, entry) {
  const all = [...document.querySelectorAll(`[data-mood="${kind}"]`)];
  const id = entry?.id ?? newId();
  for (const one of all) {
    Object.assign(one.dataset, { id, note: kind, issue: "" });
    one.addEventListener("change", () => typed(one, one.value));
  }
  boxes.set(id, all[0]);
  if (entry) fill(all[0], entry.text);
}

function extra(kind, entry, focus = true) {
  const made = document.getElementById("call-extra").content.firstElementChild.cloneNode(true);
  const field = made.querySelector("textarea");
  Object.assign(field.dataset, { note: kind, issue: "" });
  field.placeholder = words[kind];
  field.setAttribute("aria-label", words[kind]);
  bind(field, entry);
  made.querySelector(".call-heard").dataset.heard = field.dataset.id;
  document.querySelector(`[data-extras="${kind}"]`).append(made);
  if (focus) field.focus();
}

// ---- sending, and hearing from others

let timer = 0;
let going = false;
let again = false;
let fails = 0;
let since = "";

function soon(delay) {
  clearTimeout(timer);
  timer = setTimeout(flush, delay);
}

async function flush() {
  if (going) {
    again = true;
    return;
  }
  going = true;
  again = false;
  const list = mine().filter((entry) => waits(entry) && !entry.refused).slice(0, 100);
  try {
    const told = await send(url, me, list, since);
    for (const entry of list) keep(settle(kept(entry.id) ?? entry, told.standing[entry.id]));
    trouble = "";
    fails = 0;
    since = told.now;
    take(told);
  } catch (error) {
    trouble = error.message;
    fails += 1;
  }
  going = false;
  tell();
  const more = mine().some((entry) => waits(entry) && !entry.refused);
  soon(trouble ? Math.min(1000 * 2 ** fails, 15_000) : again || more ? SOON : POLL);
}

function take(told) {
  for (const note of told.notes) {
    if (kept(note.id)) continue;
    if ((others.get(note.id)?.edition ?? 0) < note.edition || !others.has(note.id)) others.set(note.id, note);
  }
  for (const note of told.notes) {
    const field = boxes.get(note.id);
    if (!field) continue;
    const list = field.closest(".call-extra")?.querySelector(".call-heard") ?? document.querySelector(`[data-heard="${place(note.kind, note.issue)}"]`);
    showHeard(list, told.heard[note.id] ?? []);
  }
  showOthers();
  document.querySelector("[data-ended]").hidden = !told.ended;
  if (told.ended) for (const [key, entry] of entries(me, call)) if (!waits(entry) && !boxes.get(entry.id)?.matches(":focus")) forgetLater(key);
}

// Once the call is over and the server has it, the browser need not keep it: when the page goes away.
const done = new Set();
function forgetLater(key) { done.add(key); }
addEventListener("pagehide", () => {
  for (const key of done) {
    const entry = read(key);
    if (entry && !waits(entry)) forget(key);
  }
});

// ---- beginning

const known = mine();
for (const field of document.querySelectorAll("[data-note]")) {
  bind(field, known.find((entry) => entry.kind === field.dataset.note && (entry.issue ?? "") === field.dataset.issue));
}
for (const kind of ["before", "after"]) bindMood(kind, known.find((entry) => entry.kind === kind));
for (const kind of ["point", "promise"]) for (const entry of known.filter((one) => one.kind === kind).sort((a, b) => (a.born ?? a.at) - (b.born ?? b.at))) extra(kind, entry, false);
for (const note of notes) if (!kept(note.id)) others.set(note.id, note);
showOthers();
let before = "listening";
try { before = localStorage.getItem(PHASE) ?? before; } catch { /* storage is off */ }
phase(before === "points" ? "points" : "listening", false);
document.getElementById("note-large").focus({ preventScroll: true });
tell();
flush();
addEventListener("online", () => soon(0));
addEventListener("offline", () => { trouble = "network"; tell(); });
document.addEventListener("visibilitychange", () => soon(0));
addEventListener("pageshow", () => soon(0));
addEventListener("storage", (event) => { // another tab of this browser
  const entry = event.newValue && event.key?.startsWith(keyOf(me, call, "")) ? read(event.key) : null;
  const field = entry && boxes.get(entry.id);
  if (field) fill(field, entry.text);
  else if (entry && ["point", "promise"].includes(entry.kind)) extra(entry.kind, entry, false);
  tell();
});

const clock = document.querySelector("[data-clock]");
const tick = () => {
  const minutes = Math.max(0, Math.floor((Date.now() - Date.parse(began)) / 60_000));
  clock.textContent = minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};
tick();
setInterval(tick, 20_000);

// ---- keys and buttons

const fields = () => [...body.querySelectorAll("textarea, input[data-note]:not([type=radio])")].filter((field) => field.checkVisibility());
function step(by) {
  const all = fields();
  const at = all.indexOf(document.activeElement);
  const next = all[Math.min(all.length - 1, Math.max(0, at + by))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}
function point(by) {
  const all = [...document.querySelectorAll("[data-point]")].filter((one) => one.checkVisibility());
  const at = all.indexOf(document.activeElement?.closest("[data-point]"));
  const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}
const ensure = (act) => () => { if (body.dataset.phase !== "points") phase("points", false); act(); };
const ACTS = {
  open: () => (body.dataset.phase === "listening" ? phase("points") : step(1)),
  point: ensure(() => extra("point")),
  promise: ensure(() => extra("promise")),
  keys: () => document.getElementById("call-keys").showModal(),
  wanted: ensure(() => document.getElementById("note-wanted").focus()),
  mood: () => document.querySelector(`[data-mood="${body.dataset.phase === "points" ? "after" : "before"}"]`).focus(),
  listen: () => document.getElementById("note-large").focus(),
  screen: () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen?.()),
  next: () => point(1),
  before: () => point(-1),
};
const SINGLE = { o: "open", n: "point", p: "promise", w: "wanted", m: "mood", l: "listen", f: "screen", j: "next", k: "before", "?": "keys" };

document.addEventListener("click", (event) => {
  const name = event.target.closest("[data-call-do]")?.dataset.callDo;
  if (name) ACTS[name]?.();
});
document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.target.closest("dialog[open]")) return;
  const writing = event.target.closest("textarea, input:not([type=radio])");
  let act = null;
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") act = ACTS.open;
  else if (event.altKey && event.code === "KeyN") act = ACTS.point;
  else if (event.altKey && event.code === "KeyP") act = ACTS.promise;
  else if (event.altKey && event.key === "ArrowDown") act = () => step(1);
  else if (event.altKey && event.key === "ArrowUp") act = () => step(-1);
  else if (event.ctrlKey || event.metaKey || event.altKey) return;
  else if (event.key === "Escape" && writing) act = () => (writing.closest("[data-point]") ?? document.getElementById("main")).focus();
  else if (writing) return;
  else if (event.key === "Enter" && event.target.matches("[data-point]")) act = () => event.target.querySelector("textarea").focus();
  else act = ACTS[SINGLE[event.key.toLowerCase()]];
  if (!act) {
    event.stopImmediatePropagation(); // the keys of other pages do nothing here
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  act();
}, { capture: true });

// Ending waits for what is still to be sent; without a network it cannot end, and says so.
document.querySelector("[data-end]").addEventListener("submit", async (event) => {
  if (!mine().some((entry) => waits(entry) && !entry.refused)) return;
  event.preventDefault();
  const form = event.target;
  while (going) await new Promise((resolve) => setTimeout(resolve, 50));
  await flush();
  if (!trouble) form.submit();
});
