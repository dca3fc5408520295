// The set-up page takes the browser's time zone for the firm's, where nobody has said one yet; the rest follows from it.
// At "load", when htmx listens too.
window.addEventListener("load", () => {
  const zone = document.querySelector("form[data-guess]")?.elements.timezone;
  if (!zone || !zone.querySelector("option[selected]")) return;
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const touched = zone.value !== zone.querySelector("option[selected]").value;
  if (touched || here === zone.value || ![...zone.options].some((one) => one.value === here)) return;
  zone.value = here;
  zone.dispatchEvent(new Event("change", { bubbles: true }));
});
