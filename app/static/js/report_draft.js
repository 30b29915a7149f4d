// Drafts of the report form. Each is kept under its report's `client_id`, so that a report that was taken in and whose
// answer was lost is the same report after a reload. Only a page that is loaded again goes on by itself: whoever opens
// the form anew may be somebody else, and is asked first, without a word of what was written (report_keep.js). Turned
// down: one draft for all, which a poster's form filled itself from, or wrote over.
import { all, drop, one, put } from "./device.js";
import { edit, waiting } from "./outbox.js";
import { smaller } from "./photo.js";

const A_DAY_MS = 24 * 3_600_000;
const MINE = "qauip-draft"; // what this tab writes at, of sessionStorage
const GO_ON = "qauip-draft-go-on";
const LEFT_OUT = new Set(["csrf_token", "client_id", "opened", "website", "photos", "joins", "not_these"]);
const small = new WeakMap();

export const title = (form) => form.querySelector("[name=hazard_type]:checked")?.closest("label").querySelector(".choice-text").textContent ?? "";
export const idOf = (form) => form.elements.client_id.value;
const controls = (form) => [...form.elements].filter(({ name }) => name && !LEFT_OUT.has(name));
const valuesOf = (form) => Object.fromEntries([...new FormData(form)].filter(([name, value]) => !LEFT_OUT.has(name) && value));
const isAsked = (form) => form.querySelector("[data-exif]").dataset.asked === "yes";

function set(control, value) {
  if (control.type === "radio") control.checked = control.value === value;
  else if (control.type === "checkbox") control.checked = Boolean(value);
  else control.value = value ?? "";
}

const changed = (control) => control.dispatchEvent(new Event("change", { bubbles: true }));

/** All of the form becomes what was kept; what was drawn comes last, because a changed kind or pin drops it. */
export function fill(form, { values, photos, asked }) {
  const { geometry, lat, lon } = form.elements;
  if (lat.value !== (values.lat ?? "") || lon.value !== (values.lon ?? "")) form.querySelector("[data-place-said]").textContent = "";
  for (const control of controls(form)) set(control, values[control.name]);
  form.querySelector("[data-exif]").dataset.asked = asked ? "yes" : "";
  for (const control of controls(form)) if (control !== geometry && (control.type !== "radio" || control.checked)) changed(control);
  set(geometry, values.geometry);
  changed(geometry);
  if (!photos.length) return;
  const held = new DataTransfer();
  for (const photo of photos) held.items.add(photo);
  form.elements.photos.files = held.files;
  changed(form.elements.photos);
}

/** What tells one state of the form from another. */
export function stateOf(form) {
  const photos = [...form.elements.photos.files].map(({ name, size, lastModified }) => [name, size, lastModified]);
  return JSON.stringify([idOf(form), valuesOf(form), isAsked(form), photos]);
}

export async function saveDraft(form) {
  const [id, values, photos] = [idOf(form), valuesOf(form), [...form.elements.photos.files]];
  if (!Object.keys(values).length && !photos.length) return drop("draft", id);
  sessionStorage.setItem(MINE, id);
  return put("draft", { id, values, photos, asked: isAsked(form), search: location.search, kept_at: Date.now() });
}

/** As it is sent; each photo is drawn smaller once. */
async function smallOf(photo) {
  if (!small.has(photo)) small.set(photo, (await smaller(photo).catch(() => null)) ?? photo);
  return small.get(photo);
}

/** A report of the outbox that is changed in the form is changed there, and held back as before. */
export async function writeBack(form) {
  const photos = await Promise.all([...form.elements.photos.files].map(smallOf));
  const row = await waiting(idOf(form));
  if (!row) return;
  const governed = new Set(controls(form).map(({ name }) => name));
  const rest = Object.entries(row.fields).filter(([name]) => !governed.has(name));
  const fields = { ...Object.fromEntries(rest), ...valuesOf(form), someone_hurt: form.elements.someone_hurt.checked };
  await edit({ ...row, fields, photos, title: title(form), asked: isAsked(form) });
}

/** The draft that this page goes on with: it was loaded again, or somebody has just asked for it. */
export function wanted() {
  const [how] = performance.getEntriesByType("navigation");
  const asked = sessionStorage.getItem(GO_ON);
  sessionStorage.removeItem(GO_ON);
  if (asked) return asked;
  if (how?.type === "reload" || document.wasDiscarded) return sessionStorage.getItem(MINE);
  sessionStorage.removeItem(MINE);
  return null;
}

/** Drafts of the last day, the newest first. Older ones are gone. */
async function fresh() {
  const drafts = await all("draft");
  const isOld = ({ kept_at }) => kept_at + A_DAY_MS < Date.now();
  for (const { id } of drafts.filter(isOld)) await drop("draft", id);
  return drafts.filter((draft) => !isOld(draft)).sort((a, b) => b.kept_at - a.kept_at);
}

export async function openDraft(form, id) {
  const draft = (await fresh()).find((each) => each.id === id);
  if (!draft) return false;
  fill(form, draft);
  form.elements.client_id.value = id;
  sessionStorage.setItem(MINE, id);
  return true;
}

/** Reports that were begun in another form and are not in the outbox. */
export async function unfinished(form) {
  const others = (await fresh()).filter(({ id }) => id !== idOf(form));
  const sent = await Promise.all(others.map(({ id }) => waiting(id)));
  return others.filter((_, at) => !sent[at]);
}

/** The next form in this tab goes on with it. */
export const goOnNext = (id) => sessionStorage.setItem(GO_ON, id);

export function goOnWith({ id, search = "" }) {
  goOnNext(id);
  location.replace(location.pathname + search);
}

/** Whether what this page has kept is still there: it is not where somebody has cleared it meanwhile. */
export async function isKept(form) {
  const id = idOf(form);
  return sessionStorage.getItem(MINE) !== id || Boolean((await one("draft", id)) || (await waiting(id)));
}
