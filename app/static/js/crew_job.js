// The page of a job: photos shown small, where the device was goes with them, and whatever is done here goes by the outbox
// (act_form.js). Whoever has no script sends the plain forms. Once something that waited has gone, what the page says of the
// job is fetched anew, and the forms too where none is open.
import { actForm } from "./act_form.js";
import { SENT, actKept, versionOf } from "./acts_outbox.js";
import { actsBox } from "./crew_box.js";
import { putFresh } from "./crew_fresh.js";
import { smallWithNotes } from "./exif_keep.js";

const page = document.querySelector("[data-crew]");
const words = JSON.parse(page.dataset.words);
const { by, reference, title } = page.dataset;
const PLACE = ["device_lat", "device_lon", "device_time"];
const FIELDS = ["note", "reason", "measure", "materials", "version", "seen", ...PLACE];
const LOOK = { enableHighAccuracy: true, timeout: 15_000, maximumAge: 30_000 };
const PATIENCE_MS = 6_000;
const forms = new Map(); // act -> its form
const looks = new Map(); // form -> the promise of a position

/** Where the device is, asked when a photo is chosen: that is when somebody stands there. */
function look(form) {
  if (looks.has(form) || !navigator.geolocation) return;
  looks.set(form, new Promise((found) => navigator.geolocation.getCurrentPosition(({ coords, timestamp }) => {
    form.elements.device_lat.value = coords.latitude.toFixed(6);
    form.elements.device_lon.value = coords.longitude.toFixed(6);
    form.elements.device_time.value = new Date(timestamp).toISOString();
    found();
  }, found, LOOK)));
}

async function ready(form, fields) {
  await Promise.race([looks.get(form), new Promise((done) => setTimeout(done, PATIENCE_MS))]);
  for (const name of PLACE) if (form.elements[name].value) fields[name] = form.elements[name].value;
  const kept = await actKept(form.elements.client_id.value); // what it has open was told a version, and own acts came after
  fields.version = String(Math.max(Number(fields.version), await versionOf(reference), kept?.now?.version ?? 0));
}

function begun(form) {
  for (const name of PLACE) form.elements[name].value = "";
  looks.delete(form);
}

function gone(row) {
  history.replaceState(null, "", location.pathname);
  location.assign(row.act === "return_work" ? page.dataset.list : row.url);
}

function wire(part) {
  const form = part.querySelector("form");
  const about = () => ({ by, reference, title, act: part.dataset.act, alone: "alone" in part.dataset });
  const own = { ready: (fields) => ready(form, fields), chosen: () => look(form), begun: () => begun(form) };
  forms.set(part.dataset.act, { part, form, ...actForm(form, { about, words, fields: FIELDS, small: smallWithNotes, sent: gone, redraw: () => redraw(), ...own }) });
}

function wireAll() {
  forms.clear();
  for (const part of page.querySelectorAll("details[data-act]")) wire(part);
}

/** Open what was refused; as a note, where the hazard has moved on and has no such form any more. */
async function openKept() {
  const clientId = /^#edit=([\w-]+)$/.exec(location.hash)?.[1];
  const row = clientId && await actKept(clientId);
  if (!row || row.by !== by || row.state === SENT) return;
  if (showOpen(clientId)) return;
  const found = forms.get(row.act) ?? forms.get("note");
  if (!found) return;
  const version = found.form.elements.version.value;
  const seen = found.form.elements.seen.value;
  found.open(row);
  if (!forms.has(row.act)) found.form.elements.note.value = [words.acts[row.act], row.fields.note, row.fields.reason].filter(Boolean).join(". ");
  found.form.elements.version.value = String(Math.max(Number(version), Number(row.fields.version ?? 0)));
  found.form.elements.seen.value = seen;
  looks.set(found.form, Promise.resolve()); // the place is that of the photos
  found.refuse({ ...row, reasons: [...(row.reasons ?? []), ...(forms.has(row.act) ? [] : [words.asNote])] });
  await redraw();
}

/** What is typed in a form that has it already, stays. */
function showOpen(clientId) {
  const found = [...forms.values()].find(({ has }) => has(clientId));
  if (!found) return false;
  found.part.open = true;
  found.form.querySelector("[data-refused]").focus();
  return true;
}

const openIn = (clientId) => [...forms.values()].find(({ has, part }) => part.open && has(clientId));

/** It was deleted: its form is empty again. */
function dropped(clientId) {
  const found = openIn(clientId);
  found?.begin();
  if (found) found.part.open = false;
}

const inUse = () => [...forms.values()].some(({ part, busy: sends }) => part.open || sends());

async function fresh() {
  let kept = [];
  const came = await putFresh(page, () => (kept = inUse() ? ["acts"] : []));
  if (came && !kept.length) wireAll();
  await redraw();
}

wireAll();
const redraw = actsBox({
  by,
  words,
  shows: (row) => row.reference === reference,
  opened: openIn,
  dropped,
  drawn: (rows) => forms.forEach(({ offer }) => offer(rows)),
  sent: fresh,
});
addEventListener("hashchange", () => openKept().catch(() => undefined));
await openKept().catch(() => undefined);
