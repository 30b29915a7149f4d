// Rows chosen for one act: how many they are, and all of the page at once. Listens on the document, since the rows are
// replaced when the list is brought up to date.
const ticks = () => [...document.querySelectorAll('#inbox-rows [name="ref"]')];

function show() {
  const all = document.querySelector("[data-tick-all]");
  const button = document.querySelector("[data-ticked]");
  if (!all || !button) return;
  const number = ticks().filter((tick) => tick.checked).length;
  const words = button.querySelector("span");
  words.dataset.none ??= words.textContent;
  words.textContent = number ? button.dataset.ticked.replace("{num}", number) : words.dataset.none;
  button.hidden = !number;
  button.form.classList.toggle("is-chosen", number > 0);
  all.hidden = false;
  const box = all.querySelector("input");
  box.checked = number > 0 && number === ticks().length;
  box.indeterminate = number > 0 && !box.checked;
}

document.addEventListener("change", ({ target }) => {
  if (target.closest("[data-tick-all]")) for (const tick of ticks()) tick.checked = target.checked;
  show();
});
document.addEventListener("inbox:renewed", show);
show();
