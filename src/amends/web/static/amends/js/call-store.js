// What is written in calls: kept in this browser with every keystroke, counted in editions, and sent until the server
// says that it has it. Each note is an entry of its own, so that two tabs do not overwrite each other's notes.
const PREFIX = "amends-call ";

export const keyOf = (me, call, id) => `${PREFIX}${me} ${call} ${id}`;

export function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

export function write(key, entry) {
  try {
    localStorage.setItem(key, JSON.stringify(entry));
    return true;
  } catch {
    return false; // no room, or storage is off
  }
}

export function forget(key) {
  try { localStorage.removeItem(key); } catch { /* nothing was kept */ }
}

// All entries of a member, or of one call of theirs, as [key, entry].
export function entries(me, call = "") {
  const start = `${PREFIX}${me} ${call}`;
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(start)).map((key) => [key, read(key)]).filter(([, entry]) => entry?.id);
  } catch {
    return [];
  }
}

export const waits = (entry) => entry.edition > (entry.sent ?? 0);

// A key of our own making where the browser gives none: over plain http it gives none but on this machine.
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

let token = "";
const tokenOf = () => token || JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";

// Sends entries and returns what the server said; throws Error("out") where somebody has to sign in, Error("network")
// where nothing came back, Error("refused") where it is taken by no means.
export async function send(url, me, list, since, again = true) {
  const notes = list.map(({ id, kind, text, edition, issue }) => ({ id, kind, text, edition, issue }));
  let answer;
  try {
    answer = await fetch(url, {
      method: "POST", redirect: "manual", headers: { "Content-Type": "application/json", "X-CSRFToken": tokenOf() },
      body: JSON.stringify({ me, notes, since }), signal: AbortSignal.timeout(15_000),
    });
  } catch {
    throw new Error("network");
  }
  if (answer.type === "opaqueredirect") throw new Error("out");
  if (answer.status === 403 && again) { // signed in anew since the page was loaded: another token counts
    const fresh = await fetch(url, { redirect: "manual" }).catch(() => null);
    if (!fresh) throw new Error("network");
    if (!fresh.ok) throw new Error("out");
    token = (await fresh.json()).csrf;
    return send(url, me, list, since, false);
  }
  if (answer.status >= 500 || answer.status === 429) throw new Error("network");
  if (answer.status === 409) throw new Error("out");
  if (!answer.ok) throw new Error("refused");
  return answer.json();
}

// An entry as it stands `now`, with what the server has; one that was written on meanwhile still waits.
export function settle(now, standing) {
  if (standing == null) return { ...now, refused: true };
  const next = { ...now, sent: Math.max(now.sent ?? 0, standing) };
  delete next.refused;
  return next;
}
