// Notes of a call that this browser still has (the tab was closed without a network) are sent from any page.
import { entries, forget, read, send, settle, waits, write } from "./call-store.js";

const me = document.body.dataset.me;
const open = document.querySelector("[data-call]");

async function sweep() {
  const byUrl = new Map();
  for (const one of entries(me)) byUrl.set(one[1].url, [...(byUrl.get(one[1].url) ?? []), one]);
  for (const [url, all] of byUrl) {
    if (!url?.startsWith("/")) continue;
    const list = all.filter(([, entry]) => waits(entry) && !entry.refused).slice(0, 100);
    try {
      const told = await send(url, me, list.map(([, entry]) => entry), new Date().toISOString());
      for (const [key, entry] of list) write(key, settle(read(key) ?? entry, told.standing[entry.id]));
      if (told.ended) for (const [key, entry] of entries(me)) if (entry.url === url && !waits(entry)) forget(key);
    } catch { /* another page, another time */ }
  }
}

if (me && !open && entries(me).length) sweep();
