// The check while somebody writes: a moment after the last key the server reads the text; what it finds is underlined in
// place and stands beside it as cards. Nothing here ever stands in the way of writing or sending.
const WAIT = 400; // milliseconds after the last key
const GAP = /\[[^\][\n]{1,80}\]/;
const boxes = new WeakMap();
const csrf = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");
const mac = /mac|iphone|ipad/i.test(navigator.userAgentData?.platform ?? navigator.platform ?? "");

class Box {
  constructor(root) {
    this.root = root;
    this.form = root.closest("form");
    this.text = root.querySelector("[data-check-text]");
    this.panel = root.querySelector("[data-check-panel]");
    this.say = root.querySelector("[data-check-say]");
    this.trouble = root.querySelector("[data-check-trouble]");
    this.marks = [];
    this.before = this.text.value;
    this.shown = new Set();
    this.current = "";
    this.kept = null; // an answer that waits while somebody gives a reason
    this.under = document.createElement("div");
    this.under.className = "check-under";
    this.under.setAttribute("aria-hidden", "true");
    this.text.before(this.under);
    root.classList.add("is-live");
    this.read(this.text.value);
    this.listen();
    if (this.text.value.trim() && this.text.checkVisibility()) this.ask();
  }

  listen() {
    this.text.addEventListener("input", () => {
      this.shift(this.before, this.text.value);
      this.before = this.text.value;
      this.draw();
      this.later();
    });
    this.text.addEventListener("scroll", () => { this.under.scrollTop = this.text.scrollTop; });
    this.form.addEventListener("input", (event) => { if (this.counts(event.target)) this.later(); });
    this.form.addEventListener("change", (event) => { if (this.counts(event.target)) this.later(); });
    this.form.addEventListener("audience", () => this.later());
    this.text.addEventListener("focus", () => { if (!this.asked && this.text.value.trim()) this.ask(); });
    this.root.addEventListener("click", (event) => this.click(event));
    this.root.addEventListener("keydown", (event) => this.key(event));
    this.panel.addEventListener("focusin", (event) => {
      const card = event.target.closest("[data-finding]");
      if (card) this.mark(card.dataset.found);
    });
  }

  counts(field) { // the text has its own way; a reason is nobody's business yet
    return field !== this.text && !field.closest("[data-check-why]") && field.name !== "why";
  }

  // -- asking

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), WAIT);
  }

  async ask() {
    clearTimeout(this.timer);
    this.asked = true;
    this.flight?.abort(); // only the newest answer counts
    const flight = this.flight = new AbortController();
    const text = this.text.value;
    try {
      const answer = await fetch(this.root.dataset.check, {
        method: "POST", body: this.fields(), signal: flight.signal, headers: { ...csrf(), "HX-Request": "true" },
      });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const html = await answer.text();
      if (flight.signal.aborted) return;
      this.wrong("");
      this.take({ html, text });
    } catch (error) {
      if (!flight.signal.aborted) this.wrong(this.root.dataset.unreachable);
    }
  }

  fields() {
    const given = new FormData(this.form);
    for (const [name, value] of [...given]) { // of files the names are enough
      if (!(value instanceof File)) continue;
      given.delete(name);
    }
    for (const field of this.form.querySelectorAll("input[type=file]:not([data-check-eml])")) {
      for (const file of field.files) given.append("file_name", file.name);
    }
    given.delete("seen");
    given.delete("shown");
    return given;
  }

  wrong(text) {
    this.trouble.hidden = !text;
    if (this.trouble.textContent !== text) this.trouble.textContent = text;
  }

  take(answer) {
    if (this.panel.querySelector("[data-check-why]:not([hidden])")) { // somebody gives a reason: in a moment
      this.kept = answer;
      return;
    }
    const holder = document.createElement("template");
    holder.innerHTML = answer.html;
    const fresh = holder.content.querySelector("[data-findings]");
    if (!fresh) return;
    const focused = this.panel.contains(document.activeElement) ? document.activeElement.closest("[data-finding]")?.dataset.found ?? "-" : "";
    const open = this.panel.querySelector("details")?.open;
    this.panel.replaceChildren(fresh);
    if (open) this.panel.querySelector("details")?.setAttribute("open", "");
    this.read(answer.text);
    if (focused) (this.card(focused) ?? this.text).focus({ preventScroll: true });
  }

  read(text) {
    const fresh = this.panel.querySelector("[data-findings]");
    this.marks = this.cards().filter((card) => card.dataset.start).map((card) => ({
      mark: card.dataset.found, tone: card.dataset.tone, start: Number(card.dataset.start), end: Number(card.dataset.end),
    }));
    this.mark(this.card(this.current) ? this.current : "");
    this.before = this.text.value;
    if (text !== this.text.value) this.shift(text, this.text.value);
    this.draw();
    this.remember();
    this.send(fresh?.dataset.verdict ?? "send");
    const say = fresh?.dataset.say ?? "";
    if (say && this.asked && this.say.textContent !== say) this.say.textContent = say;
  }

  remember() { // what was ever shown: what is gone when it leaves was reworded
    const holder = this.form.querySelector("[data-check-shown]");
    if (!holder) return;
    for (const card of this.cards()) {
      const value = `${card.dataset.rule} ${card.dataset.found}`;
      if (this.shown.has(value)) continue;
      this.shown.add(value);
      const field = Object.assign(document.createElement("input"), { type: "hidden", name: "shown", value });
      holder.append(field);
    }
  }

  send(verdict) {
    const button = this.form.querySelector("[data-check-send]");
    if (!button) return;
    button.querySelector("span").textContent = { hold: button.dataset.hold, warn: button.dataset.anyway }[verdict] ?? button.dataset.send;
    const hint = this.form.querySelector("[data-check-held]");
    if (hint) hint.hidden = verdict !== "hold";
  }

  // -- places in the text

  shift(old, now) { // what was typed since moves what stands behind it, and takes away what it changed
    if (old === now) return;
    let from = 0;
    const least = Math.min(old.length, now.length);
    while (from < least && old[from] === now[from]) from += 1;
    let same = 0;
    while (same < least - from && old[old.length - 1 - same] === now[now.length - 1 - same]) same += 1;
    const until = old.length - same;
    const by = now.length - old.length;
    this.marks = this.marks.flatMap((one) => {
      if (one.end <= from) return [one];
      if (one.start >= until) return [{ ...one, start: one.start + by, end: one.end + by }];
      return [];
    });
  }

  draw() {
    const text = this.text.value;
    const parts = [];
    let done = 0;
    for (const one of [...this.marks].sort((a, b) => a.start - b.start || a.end - b.end)) {
      if (one.end === one.start || one.start < done) continue;
      parts.push(text.slice(done, one.start));
      const mark = document.createElement("span");
      mark.className = `under under-${one.tone}`;
      mark.dataset.of = one.mark;
      if (one.mark === this.current) mark.classList.add("under-now");
      mark.textContent = text.slice(one.start, one.end);
      parts.push(mark);
      done = one.end;
    }
    parts.push(`${text.slice(done)}\n`); // an empty last line has a height, too
    this.under.replaceChildren(...parts);
    this.under.scrollTop = this.text.scrollTop;
  }

  // -- cards

  cards() { return [...this.panel.querySelectorAll("[data-finding]")]; }
  card(mark) { return this.cards().find((one) => one.dataset.found === mark); }
  place(mark) { return this.marks.find((one) => one.mark === mark); }

  mark(mark) {
    this.current = mark;
    for (const card of this.cards()) card.classList.toggle("finding-now", card.dataset.found === mark);
    for (const span of this.under.children) span.classList.toggle("under-now", span.dataset.of === mark);
  }

  caret() { // the finding in which the caret stands is the one that keys are about
    const at = this.text.selectionStart;
    const here = this.marks.find((one) => one.start < one.end && one.start <= at && at <= one.end);
    if (here) this.mark(here.mark);
  }

  go(step) {
    const cards = this.cards();
    if (!cards.length) return;
    const at = cards.findIndex((one) => one.dataset.found === this.current && one.contains(document.activeElement));
    const near = at < 0 ? cards.findIndex((one) => one.dataset.found === this.current) : -1;
    const next = near >= 0 ? near : at < 0 ? (step > 0 ? 0 : cards.length - 1) : (at + step + cards.length) % cards.length;
    this.mark(cards[next].dataset.found);
    this.under.querySelector(".under-now")?.scrollIntoView({ block: "nearest" });
    cards[next].focus({ preventScroll: true });
    cards[next].scrollIntoView({ block: "nearest" });
  }

  now() {
    return this.card(this.current) ?? this.cards()[0]; // the one that stands open
  }

  accept(card = this.now()) {
    const instead = card?.dataset.instead;
    if (!instead) return;
    const place = this.place(card.dataset.found);
    const said = card.querySelector("[data-quote]")?.dataset.quote ?? "";
    let [start, end] = place ? [place.start, place.end] : [-1, -1];
    if (!place && said) [start, end] = [this.text.value.indexOf(said), this.text.value.indexOf(said) + said.length];
    if (start < 0) [start, end] = [this.text.value.length, this.text.value.length];
    this.tell(card, { do: "accepted" });
    card.remove();
    this.text.focus();
    this.text.setSelectionRange(start, end);
    if (!document.execCommand("insertText", false, instead)) { // the one way that the browser's own undo knows
      this.text.setRangeText(instead, start, end, "end");
      this.text.dispatchEvent(new Event("input", { bubbles: true }));
    }
    const gap = GAP.exec(instead);
    if (gap) this.text.setSelectionRange(start + gap.index, start + gap.index + gap[0].length);
    this.ask();
  }

  why(card = this.now()) {
    const form = card?.querySelector("[data-check-why]");
    if (!form) return;
    form.hidden = false;
    card.querySelector("[data-check-do]").hidden = true;
    form.querySelector("input[type=radio]").focus();
    form.scrollIntoView({ block: "nearest" });
  }

  leave(card, { focus = true } = {}) {
    card.querySelector("[data-check-why]").hidden = true;
    card.querySelector("[data-check-do]").hidden = false;
    if (focus) card.focus({ preventScroll: true });
    this.late();
  }

  late() {
    const kept = this.kept;
    this.kept = null;
    if (kept) this.take(kept);
  }

  async dismiss(card) {
    const form = card.querySelector("[data-check-why]");
    const reason = form.querySelector("input[type=radio]:checked")?.value ?? "";
    const why = form.querySelector("input[type=text]").value;
    const cards = this.cards();
    const next = cards[cards.indexOf(card) + 1] ?? cards[cards.indexOf(card) - 1];
    const done = await this.tell(card, { do: "dismissed", reason, why });
    form.hidden = true;
    if (done) (next ?? this.text).focus({ preventScroll: true });
    else this.leave(card);
    this.kept = null;
    this.ask();
  }

  async back(item) {
    if (await this.tell(item, { do: "back" })) this.ask();
  }

  async tell(card, more) {
    const given = new FormData();
    for (const [name, value] of Object.entries({ key: this.root.dataset.checkKey, rule: card.dataset.rule, mark: card.dataset.found, ...more })) given.append(name, value);
    try {
      const answer = await fetch(this.root.dataset.checkReact, { method: "POST", body: given, headers: { ...csrf(), "HX-Request": "true" } });
      this.wrong(answer.ok ? "" : answer.status === 400 ? await answer.text() : this.root.dataset.unreachable);
      return answer.ok;
    } catch {
      this.wrong(this.root.dataset.unreachable);
      return false;
    }
  }

  // -- pointer and keys

  click(event) {
    const card = event.target.closest("[data-finding]");
    if (event.target.closest("[data-check-accept]")) this.accept(card);
    else if (event.target.closest("[data-check-dismiss]")) this.why(card);
    else if (event.target.closest("[data-check-confirm]")) this.dismiss(card);
    else if (event.target.closest("[data-check-leave]")) this.leave(card);
    else if (event.target.closest("[data-check-back]")) this.back(event.target.closest("[data-found]"));
    else if (event.target.closest("[data-check-step]")) this.go(Number(event.target.closest("[data-check-step]").dataset.checkStep));
    else if (event.target.closest("[data-quote]")) this.show(card);
    else if (event.target === this.text) this.caret();
    else if (card && !event.target.closest("button, input, label")) this.mark(card.dataset.found);
  }

  show(card) { // the words in the text, chosen, so that they can be written over
    const place = this.place(card.dataset.found);
    this.mark(card.dataset.found);
    if (!place) return;
    this.text.focus();
    this.text.setSelectionRange(place.start, place.end);
    this.under.querySelector(".under-now")?.scrollIntoView({ block: "nearest" });
  }

  key(event) {
    if (event.isComposing) return;
    const card = event.target.closest("[data-finding]");
    const why = event.target.closest("[data-check-why]");
    const alone = !event.ctrlKey && !event.metaKey;
    if (why && event.key === "Enter" && alone && !event.target.closest("button")) {
      event.preventDefault();
      event.stopPropagation();
      this.dismiss(card);
    } else if (event.key === "Escape" && why) {
      event.preventDefault();
      event.stopPropagation();
      this.leave(card);
    } else if (event.key === "Escape" && card) {
      event.preventDefault();
      event.stopPropagation();
      this.show(card);
      if (document.activeElement !== this.text) this.text.focus();
    } else if (event.key === "F8" && alone) {
      event.preventDefault();
      this.go(event.shiftKey ? -1 : 1);
    } else if (event.altKey && alone && !event.shiftKey) { // by the place of the key: with Alt some keyboards type signs
      const act = { KeyN: () => this.go(1), KeyP: () => this.go(-1), KeyA: () => this.accept(), KeyD: () => this.why() }[event.code];
      if (!act) return;
      event.preventDefault();
      if (event.target === this.text && (event.code === "KeyA" || event.code === "KeyD")) this.caret();
      act();
    }
  }
}

function start(within = document) {
  for (const root of within.querySelectorAll("[data-check]")) {
    if (!boxes.has(root)) boxes.set(root, new Box(root));
  }
}

document.addEventListener("selectionchange", () => {
  const root = document.activeElement?.closest?.("[data-check]");
  if (root && document.activeElement === boxes.get(root)?.text) boxes.get(root).caret();
});

// What is opened only now is looked at now.
document.addEventListener("toggle", (event) => {
  if (!(event.target instanceof HTMLDetailsElement) || !event.target.open) return;
  for (const root of event.target.querySelectorAll("[data-check]")) {
    const box = boxes.get(root);
    if (box && !box.asked && box.text.checkVisibility()) box.ask();
  }
}, true);

// A message that is dropped on the page of the check: the page comes back with its words in the field.
const page = () => document.querySelector("form[data-check-page]");
async function open(files) {
  const form = page();
  const field = form.querySelector("[data-check-eml]");
  if (files) field.files = files;
  if (!field.files.length) return;
  const status = form.querySelector("[data-check-opening]");
  const slow = setTimeout(() => { status.textContent = status.dataset.busy; }, 300);
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: csrf() });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("form[data-check-page]");
    if (!fresh) throw new Error(String(answer.status));
    form.replaceWith(fresh);
    start();
    fresh.querySelector("[data-check-text]").focus({ preventScroll: true });
  } catch {
    status.textContent = status.dataset.trouble;
  } finally {
    clearTimeout(slow);
  }
}

document.addEventListener("change", (event) => { if (event.target.matches?.("form[data-check-page] [data-check-eml]")) open(); });
for (const kind of ["dragenter", "dragover"]) {
  document.addEventListener(kind, (event) => {
    if (!page() || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    page().dataset.over = "";
  });
}
document.addEventListener("dragleave", (event) => { if (page() && !event.relatedTarget) delete page().dataset.over; });
document.addEventListener("drop", (event) => {
  if (!page() || !event.dataTransfer?.files.length) return;
  event.preventDefault();
  delete page().dataset.over;
  open(event.dataTransfer.files);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-check-example]");
  const text = button && page()?.querySelector("[data-check-text]");
  if (!text) return;
  event.preventDefault();
  text.value = button.dataset.checkExample;
  text.dispatchEvent(new Event("input", { bubbles: true }));
  text.focus();
});

if (mac) document.documentElement.dataset.mac = "";
start();
