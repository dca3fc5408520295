// The command palette: type a few letters of a client or a page, and go there.
import { open } from "./dialogs.js";

const dialog = document.getElementById("palette");
const field = document.getElementById("palette-q");
const list = document.getElementById("palette-list");

function show() {
  if (!open("palette")) return;
  field.value = "";
  field.focus();
  htmx.trigger(field, "palette-open");
}

function choose(step) {
  const items = [...list.children];
  if (!items.length) return;
  const at = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
  const next = (at + step + items.length) % items.length;
  items.forEach((item, number) => item.setAttribute("aria-selected", String(number === next)));
  items[next].scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", items[next].id);
}

function follow(item) {
  if (item) location.assign(item.dataset.href);
}

if (dialog) {
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      show();
    }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-do='palette']")) show();
    follow(event.target.closest?.("#palette-list [data-href]"));
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      event.preventDefault();
      follow(list.querySelector("[aria-selected='true']"));
    }
  });
  list.addEventListener("htmx:afterSwap", () => {
    const first = list.firstElementChild;
    if (first) field.setAttribute("aria-activedescendant", first.id);
    else field.removeAttribute("aria-activedescendant");
  });
}
