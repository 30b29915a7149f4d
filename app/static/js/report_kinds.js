// What is dangerous: a search over the kinds, and the numbers to call before anything else.

const ALIKE = { ә: "а", ғ: "г", қ: "к", ң: "н", ө: "о", ұ: "у", ү: "у", һ: "х", і: "и", ё: "е", й: "и" };

/** One spelling for Kazakh and Russian letters: "Мұз", "муз" and "МУЗ" are the same. */
export const fold = (text) => text.toLowerCase().replace(/[әғқңөұүһіёй]/g, (letter) => ALIKE[letter]).trim();

/** `words`: {found, none}. */
export function searchKinds(form, words, say) {
  const field = form.querySelector("[data-kind-search]");
  const said = form.querySelector("[data-kind-said]");
  const rows = [...form.querySelectorAll("li[data-words]")].map((item) => ({ item, text: ` ${fold(item.dataset.words)}` }));
  const groups = [...form.querySelectorAll("#hazard_type details")];
  const opened = new Map();

  function search() {
    const asked = fold(field.value).split(/\s+/).filter(Boolean);
    const fits = ({ item, text }) => asked.every((word) => text.includes(` ${word}`)) || item.querySelector("[value=OTHER]");
    for (const row of rows) row.item.hidden = !fits(row);
    for (const group of groups) {
      if (!opened.has(group)) opened.set(group, group.open);
      group.hidden = !group.querySelector("li:not([hidden])");
      group.open = asked.length ? true : opened.get(group);
    }
    if (!asked.length) opened.clear();
    const found = rows.filter(({ item }) => !item.hidden && !item.querySelector("[value=OTHER]")).length;
    said.textContent = asked.length ? (found ? say(words.found, { num: found }) : words.none) : "";
  }
  field.addEventListener("input", search);
  field.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
}

/** Shows whom to call for the chosen kind, and when somebody is hurt. Gives whether the kind wants a call first. */
export function dangerFirst(form) {
  const page = form.closest("main");
  const panels = [...page.querySelectorAll("[data-danger-for]")];
  const hurt = page.querySelector("[data-danger-hurt]");
  const kind = () => form.querySelector("[name=hazard_type]:checked")?.value;
  if (hurt) form.querySelector(".report-hurt").append(hurt);
  function show() {
    for (const panel of panels) panel.hidden = panel.dataset.dangerFor !== kind();
    if (!hurt) return;
    hurt.hidden = !form.elements.someone_hurt.checked;
    hurt.open = true;
  }
  form.addEventListener("change", ({ target }) => {
    if (!["hazard_type", "someone_hurt"].includes(target.name)) return;
    show();
    if (target.name === "someone_hurt" && target.checked) hurt?.scrollIntoView({ block: "nearest" });
  });
  show();
  return () => panels.some((panel) => !panel.hidden);
}
