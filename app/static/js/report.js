// Sends the report as JSON without a cookie, photos made smaller before; whoever has no script sends the form itself.
// What was typed stays where it is when something is wrong.
import { askByKind } from "./questions.js";
import { packReport, sendReport } from "./report_send.js";

const form = document.querySelector("[data-report-form]");
const problem = form.querySelector("[data-report-error]");

/** The controls of a field: all radios of a group. */
const controls = (field) => (field ? [...form.querySelectorAll(`[name="${CSS.escape(field)}"]`)] : []);

function line({ field, message }) {
  const item = document.createElement("li");
  const [control] = controls(field);
  if (!control) {
    item.textContent = message;
    return item;
  }
  const link = document.createElement("a");
  link.href = `#${field}`;
  link.textContent = message;
  link.addEventListener("click", (event) => {
    event.preventDefault(); // the address may hold the place of the map
    control.focus();
    control.scrollIntoView({ block: "center" });
  });
  item.append(link);
  return item;
}

/** All that is wrong, each with a link to its field; `errors`: [{field, message}]. */
function say(errors) {
  problem.querySelector("ul").replaceChildren(...errors.map(line));
  for (const { field } of errors) for (const control of controls(field)) control.setAttribute("aria-invalid", "true");
  problem.hidden = false;
  problem.focus();
}

function forget() {
  problem.hidden = true;
  for (const control of form.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
}

async function send() {
  const { ok, answer } = await sendReport(await packReport(form), form.action);
  if (!ok) return say(answer.errors ?? [{ message: answer.message ?? form.dataset.noAnswer }]);
  form.reset(); // a page brought back by "Back" must not send the next hazard under this id
  form.elements.client_id.value = crypto.randomUUID();
  return location.assign(answer.receipt_url ? `${answer.receipt_url}~new` : answer.hazard_url);
}

askByKind(form);
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = event.submitter ?? form.querySelector("button[type=submit]");
  button.disabled = true;
  forget();
  try {
    await send();
  } catch {
    say([{ message: form.dataset.noAnswer }]);
  } finally {
    button.disabled = false;
  }
});
