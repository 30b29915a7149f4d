// The report form, step by step. Whoever has no script sends the form itself, which is one plain page.
import { say } from "./map/words.js";
import { askByKind } from "./questions.js";
import { errorBox } from "./report_errors.js";
import { dangerFirst, searchKinds } from "./report_kinds.js";
import { forgetDraft, remember, saved, title, wasSent } from "./report_keep.js";
import { asking, showNearby } from "./report_nearby.js";
import { photos } from "./report_photos.js";
import { place } from "./report_place.js";
import { packReport } from "./report_send.js";
import { sendFromForm } from "./report_sending.js";
import { shapes } from "./report_shape.js";
import { steps } from "./report_steps.js";

const form = document.querySelector("[data-report-form]");
const words = JSON.parse(form.dataset.words);
const whereStep = form.querySelector("[data-step=where]");
const chosen = () => form.querySelector("[name=hazard_type]:checked");
const errors = errorBox(form, (step) => flow.go(step));
const callFirst = dangerFirst(form);
const pin = place(form, words, say);
const question = asking();
const flow = steps(form, {
  may: (step) => {
    if (step === "what" && !chosen()) return refuse("hazard_type", words.chooseKind);
    if (step === "where" && !pin.has()) return refuse("lat", pin.typed() ? words.badNumbers : words.putPin);
    errors.forget();
    return step === "what" && callFirst() ? "danger" : true;
  },
  done: (step) => ({ what: Boolean(chosen()), where: pin.has(), more: form.elements.photos.files.length > 0 })[step],
});

function refuse(field, message) {
  errors.say([{ field, message }]);
  return false;
}

function sending(on) {
  const button = form.querySelector("[data-send]");
  const text = form.querySelector("[data-send-text]");
  text.dataset.idle ??= text.textContent;
  button.disabled = on;
  text.textContent = on ? words.sending : text.dataset.idle;
  form.querySelector("[data-sending]").textContent = on ? words.sending : "";
  showLong(false);
}

/** What will be sent, in one line. */
function sumUp() {
  const line = form.querySelector("[data-sum]");
  const name = chosen()?.closest("label").querySelector(".choice-text").textContent;
  line.hidden = !(name || pin.street()); // a photo may have put the pin before a kind is chosen
  form.querySelector("[data-sum-text]").textContent = name ?? "";
  form.querySelector("[data-sum-street]").textContent = pin.street();
}

async function send() {
  const body = await packReport(form);
  const about = { url: form.action, title: title(form), asked: question.with(body), long: () => showLong(true) };
  const said = await sendFromForm(body, about);
  if (said?.waits) return toOutbox();
  if (!said?.ok) return errors.say(said?.answer.errors ?? [{ message: said?.answer.message ?? words.noAnswer }], { call: said?.status === 429 });
  if (said.answer.near) return ask(said.answer, body);
  stopDraft();
  await wasSent(form, body, said.answer).catch(() => undefined); // a browser that keeps nothing still sends
  form.reset(); // a page brought back by "Back" must not send the next hazard under this id
  form.elements.client_id.value = crypto.randomUUID();
  return location.assign(said.answer.receipt_url ? `${said.answer.receipt_url}~new` : said.answer.hazard_url);
}

/** It is kept on this device and sent by itself: "My reports" says so. */
async function toOutbox() {
  stopDraft();
  await forgetDraft();
  location.assign(words.myReports);
}

function showLong(on) {
  const box = form.querySelector("[data-long]");
  box.hidden = !on;
  if (on) box.scrollIntoView({ block: "center" });
}

function answered(name, value) {
  form.elements[name].disabled = false;
  form.elements[name].value = value;
  form.requestSubmit();
}

/** Nothing was taken in yet: hazards like it lie near. Words for the desk never come to this. */
function ask(answer, body) {
  question.put(answer, body);
  showNearby(form, answer.near, words, say, (ref) => answered("joins", ref));
  flow.go("same");
}

askByKind(form);
searchKinds(form, words, say);
photos(form, words, say, (where) => pin.put(where));
shapes(form, words, pin);
form.querySelector("[data-near-none]").addEventListener("click", () => answered("not_these", "1"));
for (const kind of ["pin:moved", "change"]) {
  form.addEventListener(kind, ({ target }) => {
    if (kind === "change" && !["hazard_type", "lat", "lon"].includes(target.name)) return;
    errors.forget();
    flow.refresh();
  });
}
form.addEventListener("step:shown", ({ detail }) => detail.step === "more" && sumUp());
form.addEventListener("street:known", sumUp);
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (form.querySelector("[data-send]").disabled) return;
  if (!["more", "same"].includes(flow.at())) return form.querySelector("[data-next]:not([hidden])")?.click(); // Enter in an earlier step
  sending(true);
  errors.forget();
  try {
    await saved();
    await send();
  } catch {
    errors.say([{ message: words.noAnswer }]);
  } finally {
    sending(false);
  }
});
const stopDraft = await remember(form).catch(() => () => undefined);
form.closest("main").querySelector(".report-search").before(whereStep); // forms cannot nest: the search comes after its heading
flow.start(chosen() ? (callFirst() ? "danger" : "where") : "what");
