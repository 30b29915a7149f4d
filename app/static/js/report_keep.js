// The report form and the memory of the device: a draft that survives a killed tab, a report opened again from the outbox,
// and keeping it there when there is no network. The draft is gone when the report is sent, and after a day.
import { drop, one, put } from "./device.js";
import { edit, keep, keepReceipt, waiting } from "./outbox.js";

const DRAFT = "report";
const A_DAY_MS = 24 * 3_600_000;
const LEFT_OUT = new Set(["csrf_token", "client_id", "opened", "website", "photos", "joins", "not_these"]);
const WAIT_MS = 400;

const title = (form) => form.querySelector("[name=hazard_type]:checked")?.closest("label").querySelector(".choice-text").textContent ?? "";

function fill(form, values, photos) {
  for (const control of form.elements) {
    if (!control.name || LEFT_OUT.has(control.name) || !(control.name in values)) continue;
    const value = values[control.name];
    if (["radio", "checkbox"].includes(control.type)) control.checked = control.type === "radio" ? control.value === value : Boolean(value);
    else control.value = value;
    control.dispatchEvent(new Event("change", { bubbles: true }));
  }
  if (!photos.length) return;
  const held = new DataTransfer();
  for (const photo of photos) held.items.add(photo);
  form.elements.photos.files = held.files;
  form.elements.photos.dispatchEvent(new Event("change", { bubbles: true }));
}

function saveDraft(form) {
  const values = Object.fromEntries([...new FormData(form)].filter(([name, value]) => !LEFT_OUT.has(name) && value));
  const photos = [...form.elements.photos.files];
  if (!Object.keys(values).length && !photos.length) return drop("draft", DRAFT);
  return put("draft", { id: DRAFT, values, photos, kept_at: Date.now() });
}

async function restoreDraft(form) {
  const draft = await one("draft", DRAFT);
  if (!draft) return false;
  if (draft.kept_at + A_DAY_MS < Date.now()) await drop("draft", DRAFT);
  else if (!new URLSearchParams(location.search).has("type")) fill(form, draft.values, draft.photos);
  else return false;
  return true;
}

async function openWaiting(form, clientId) {
  const row = await waiting(clientId);
  if (!row) return false;
  await edit(row);
  const photos = row.photos.map((photo, at) => new File([photo], `${at + 1}.jpg`, { type: "image/jpeg" }));
  fill(form, row.fields, photos);
  form.elements.client_id.value = clientId;
  return true;
}

/** Fill the form from the outbox or the draft, and keep what is typed from now on. */
export async function remember(form) {
  if (!form.elements.client_id.value) form.elements.client_id.value = crypto.randomUUID();
  const clientId = /^#edit=([\w-]+)$/.exec(location.hash)?.[1];
  const restored = clientId ? await openWaiting(form, clientId) : await restoreDraft(form);
  const anew = document.querySelector("[data-anew]");
  if (anew && restored) anew.hidden = false;
  anew?.querySelector("button").addEventListener("click", async () => {
    await drop("draft", DRAFT);
    location.replace(location.pathname);
  });
  let timer = 0;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => saveDraft(form).catch(() => undefined), WAIT_MS); // a browser that keeps nothing: no draft
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("pin:moved", later);
  return () => clearTimeout(timer);
}

/** There was no answer: keep the report here. It is sent by itself. */
export async function keepForLater(form, body) {
  await keep(body, { url: form.action, title: title(form) });
  await drop("draft", DRAFT);
}

/** It was taken in: keep the receipt, forget the draft. */
export async function wasSent(form, body, answer) {
  await keepReceipt(body.client_id, answer, title(form));
  await drop("draft", DRAFT);
}
