// The moderator's queue by one key each. A form's answer is the queue again: its main part takes the place of ours, so
// that the next one is there at once. Without this script the same forms load the page.
import { command, showKeys } from "./keys.js";

const main = document.querySelector("main");
let current = -1;
let sending = false;

const units = () => [...main.querySelectorAll("[data-unit]")];

function select(at, { focus = true } = {}) {
  const all = units();
  for (const unit of all) unit.classList.remove("is-current");
  current = Math.min(Math.max(at, 0), all.length - 1);
  const unit = all[current];
  if (!unit) return;
  unit.classList.add("is-current");
  if (focus) {
    unit.focus({ preventScroll: true });
    unit.scrollIntoView({ block: "nearest" });
  }
}

async function send(form, button) {
  const body = new URLSearchParams(new FormData(form, button)); // the forms of the queue carry no files
  const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  main.replaceChildren(...page.querySelector("main").childNodes);
  showKeys(main);
  select(current);
  main.querySelector('[role="alert"]')?.scrollIntoView({ block: "center" });
}

/** What a key presses: a button sends its form, a link is followed, a summary opens and its field waits for words. */
function press(control) {
  if (control.matches("summary")) {
    control.parentElement.open = true;
    control.parentElement.querySelector("input, textarea").focus();
  } else control.click();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.closest("[data-unit]")) return event.target.closest("[data-unit]").focus();
  const key = sending ? "" : command(event);
  if (key === "j" || key === "k") select(current + (key === "j" ? 1 : -1));
  else {
    const control = key && units()[current]?.querySelector(`[data-key="${key}"]`);
    if (!control) return;
    press(control);
  }
  event.preventDefault();
});

main.addEventListener("focusin", (event) => {
  const unit = event.target.closest("[data-unit]");
  if (unit && unit !== units()[current]) select(units().indexOf(unit), { focus: false });
});

main.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-unit] form, form[data-unit]");
  if (!form || form.matches("[data-whole-page]")) return;
  event.preventDefault();
  if (sending) return;
  sending = true;
  try {
    await send(form, event.submitter);
  } catch {
    form.submit(); // the plain way says what is wrong
  } finally {
    sending = false;
  }
});

showKeys(main);
select(Math.max(0, units().findIndex((unit) => `#${unit.id}` === location.hash)), { focus: location.hash !== "" });
