// Opening and closing dialogs; a click beside one closes it.
export function open(id) {
  const dialog = document.getElementById(id);
  if (!dialog || dialog.open) return null;
  dialog.showModal();
  return dialog;
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-do='help']")) open("help");
  if (event.target instanceof HTMLDialogElement) event.target.close();
});
