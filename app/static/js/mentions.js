// Name a colleague in a note: @ and the beginning of a name, then a choice. The number of whom one chose goes along in a
// hidden field for as long as the name stands in the note; the plain list of the page is not needed then.
const TYPED = /(^|\s)@([^\s@]*)$/;

export function offerColleagues(form) {
  const field = form.querySelector("textarea");
  const list = form.querySelector("[data-found]");
  const said = form.querySelector("[data-found-said]");
  const named = new Map(); // name -> id
  let at = -1;
  let asked = 0;

  form.querySelector("[data-plain-choice]").remove();
  form.querySelector("[data-script-hint]").hidden = false;

  const options = () => [...list.querySelectorAll("button")];
  const typed = () => TYPED.exec(field.value.slice(0, field.selectionStart))?.[2];

  function shut() {
    list.hidden = true;
    list.replaceChildren();
    at = -1;
  }

  function mark(next) {
    const all = options();
    at = (next + all.length) % all.length;
    all.forEach((option, index) => option.classList.toggle("is-current", index === at));
    said.textContent = all[at].textContent;
  }

  function take({ id, name }) {
    const end = field.selectionStart;
    const before = field.value.slice(0, end).replace(/@[^\s@]*$/, `@${name} `);
    field.value = before + field.value.slice(end);
    field.setSelectionRange(before.length, before.length);
    named.set(name, id);
    shut();
    field.focus();
  }

  function option(person) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: person.name });
    button.addEventListener("click", () => take(person));
    const row = document.createElement("li");
    row.append(button);
    return row;
  }

  async function look() {
    const wanted = typed();
    if (wanted === undefined) return shut();
    const turn = ++asked;
    const answer = await fetch(`${form.dataset.noteBox}?${new URLSearchParams({ q: wanted })}`, { headers: { Accept: "application/json" } });
    if (!answer.ok || turn !== asked) return;
    const { people } = await answer.json();
    list.replaceChildren(...people.map(option));
    list.hidden = !people.length;
    at = -1;
    if (people.length) said.textContent = said.dataset.words.replace("{names}", people.map(({ name }) => name).join(", "));
  }

  field.addEventListener("input", () => look().catch(shut));
  field.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown") mark(at + 1);
    else if (event.key === "ArrowUp") mark(at < 0 ? -1 : at - 1);
    else if (event.key === "Enter" && at >= 0) options()[at].click();
    else if (event.key === "Escape") shut();
    else return;
    event.preventDefault();
  });
  form.addEventListener("submit", () => {
    for (const [name, id] of named) {
      if (!field.value.includes(`@${name}`)) continue;
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "mention", value: id }));
    }
  });
}
