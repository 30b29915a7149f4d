// The report form and the memory of the device: a draft that survives a killed tab, and a report opened again from the
// outbox, which stays the one report while it is changed. The draft is gone when the report is sent, at "start anew", at a quick
// exit, and after a day.
import { drop } from "./device.js";
import { asDrawn } from "./photo.js";
import { fromAddress } from "./report_address.js";
import { fill, goOnNext, goOnWith, idOf, isKept, openDraft, saveDraft, stateOf, title, unfinished, wanted, writeBack } from "./report_draft.js";
import { edit, keepReceipt, release, waiting } from "./outbox.js";

export { title };

const WAIT_MS = 400;

let saveNow = async () => undefined;

async function openWaiting(form, clientId) {
  const row = await waiting(clientId);
  if (!row) return false;
  const photos = row.photos.map((photo, at) => asDrawn(new File([photo], `${at + 1}.jpg`, { type: "image/jpeg" })));
  fill(form, { values: row.fields, photos, asked: row.asked });
  form.elements.client_id.value = clientId;
  return true;
}

/** Somebody wants to change it: nobody sends it meanwhile. */
async function openToChange(form, clientId) {
  const row = await waiting(clientId);
  if (row) await edit(row);
  return openWaiting(form, clientId);
}

/** Fill the form from the outbox or its draft. Gives which: "outbox", "draft" or "". What was on its way as the page was
 * loaded again stays on its way, until something in it is changed. */
async function open(form) {
  const again = wanted();
  const id = again ?? /^#edit=([\w-]+)$/.exec(location.hash)?.[1];
  if (!id) return "";
  if (await (again ? openWaiting : openToChange)(form, id)) return "outbox";
  return (await openDraft(form, id)) ? "draft" : "";
}

const startAnew = () => location.replace(location.pathname + location.search);

/** What was restored may be left: a draft is deleted, a report of the outbox goes on its way. */
function offerAnew(form, opened) {
  const box = document.querySelector("[data-anew]");
  box.hidden = !opened;
  box.querySelector("button").addEventListener("click", async () => {
    await saveNow();
    const row = await waiting(idOf(form));
    if (row) await release(row);
    await drop("draft", idOf(form));
    startAnew();
  });
}

/** Another report that was begun: neither its words nor its place are shown before somebody wants them. */
async function offerUnfinished(form) {
  const box = document.querySelector("[data-unfinished]");
  const [newest] = await unfinished(form);
  if (!box || !newest) return;
  box.hidden = false;
  box.querySelector("[data-go-on]").addEventListener("click", async () => {
    await saveNow();
    goOnWith(newest);
  });
  box.querySelector("[data-discard]").addEventListener("click", async () => {
    for (const { id } of await unfinished(form)) await drop("draft", id);
    box.hidden = true;
  });
}

/** Save after each change, one after the other. Gives a function that stops what is not begun. */
function keepTyped(form, save) {
  let timer = 0;
  let last = Promise.resolve();
  const stop = () => {
    clearTimeout(timer);
    timer = 0;
  };
  saveNow = () => {
    stop();
    last = last.then(() => save(form)).catch(() => undefined); // a browser that keeps nothing: no draft
    return last;
  };
  const later = () => {
    stop();
    timer = setTimeout(saveNow, WAIT_MS);
  };
  for (const kind of ["input", "pin:moved", "report:changed"]) form.addEventListener(kind, later);
  form.addEventListener("change", () => saveNow());
  for (const kind of ["pagehide", "visibilitychange"]) addEventListener(kind, () => timer && saveNow(), true);
  return stop;
}

/** A page brought back by "Back" shows nothing that was cleared meanwhile. */
function forgetWhatIsGone(form) {
  addEventListener("pageshow", async ({ persisted }) => {
    if (!persisted) return;
    form.hidden = true;
    if (await isKept(form).catch(() => true)) form.hidden = false;
    else startAnew();
  });
}

/** The same form in another language goes on with what was begun here, and was kept before it is left. */
function takeAlong(form, link, isBegun) {
  link.addEventListener("click", async (event) => {
    const elsewhere = event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
    if (elsewhere || !isBegun()) return;
    event.preventDefault();
    await saved();
    goOnNext(idOf(form));
    location.assign(link.href);
  });
}

/** Fill the form from what is kept of it, and keep what is typed from now on. */
export async function remember(form) {
  form.autocomplete = "off"; // the browser's own memory would bring back what was cleared here
  if (!idOf(form)) form.elements.client_id.value = crypto.randomUUID();
  const opened = await open(form);
  offerAnew(form, opened);
  if (!opened) {
    fromAddress(form);
    await offerUnfinished(form);
  }
  const blank = stateOf(form);
  const isBegun = () => opened !== "" || stateOf(form) !== blank;
  document.querySelectorAll("a[data-language]").forEach((link) => takeAlong(form, link, isBegun));
  forgetWhatIsGone(form);
  let before = opened === "outbox" ? stateOf(form) : "";
  return keepTyped(form, async () => {
    const now = stateOf(form);
    if (now === before) return;
    const row = await waiting(idOf(form));
    if (!row || opened !== "outbox") await saveDraft(form);
    if (row) await writeBack(form);
    before = now;
  });
}

/** What is typed is safe before it is sent; a memory that does not answer holds nobody back. */
export function saved() {
  return Promise.race([saveNow(), new Promise((done) => setTimeout(done, 1000))]);
}

/** The outbox has the report now. */
export const forgetDraft = () => drop("draft", idOf(document.querySelector("[data-report-form]")));

/** It was taken in: keep the receipt, forget the draft. */
export async function wasSent(form, body, answer) {
  await keepReceipt(body.client_id, answer, title(form));
  await drop("draft", body.client_id);
}
