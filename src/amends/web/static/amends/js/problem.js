// Where a form comes back with what is wrong, that is brought into sight and read out, wherever on the page it stands.
const problem = document.querySelector('main .problem[role="alert"]');
if (problem) {
  problem.closest("details")?.setAttribute("open", "");
  problem.tabIndex = -1;
  problem.focus();
}
