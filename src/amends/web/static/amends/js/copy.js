// Copies what stands in a field or list, and says so on the button.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  const text = source.value ?? [...source.children].map((one) => one.textContent).join("\n");
  try {
    await navigator.clipboard.writeText(text);
    button.querySelector("span").textContent = button.dataset.copied;
  } catch { // not allowed, or no https: it is selected, to be copied by key
    if (source.select) source.select();
    else getSelection().selectAllChildren(source);
  }
});
