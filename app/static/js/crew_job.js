// The page of a job: photos shown small, where the device was goes with them, and whatever is done here goes by the outbox,
// with a network at once, without one as soon as there is one. Whoever has no script sends the plain forms.
import { SENT, actKept, editAct, flushActs, keepAct, versionOf } from "./acts_outbox.js";
import { actsBox } from "./crew_box.js";
import { crewPhotos } from "./crew_photos.js";
import { smallWithNotes } from "./exif_keep.js";
import { say } from "./map/words.js";
import { HELP } from "./outbox.js";

const page = document.querySelector("[data-crew]");
const words = JSON.parse(page.dataset.words);
const { by, reference, title } = page.dataset;
const forms = new Map([...page.querySelectorAll("[data-act]")].map((part) => [part.dataset.act, part]).filter(([, part]) => part.matches("details")));
const FIELDS = ["note", "reason", "measure", "materials", "version", "seen", "device_lat", "device_lon", "device_time"];
const LOOK = { enableHighAccuracy: true, timeout: 15_000, maximumAge: 30_000 };
const PATIENCE_MS = 6_000;
const kept = new Map(); // form -> its photos by field
const looks = new Map(); // form -> the promise of a position

const redraw = actsBox({ by, words, only: reference });

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

const wait = (ms) => new Promise((done) => setTimeout(done, ms));

async function packed(form, act) {
  await Promise.race([looks.get(form), wait(PATIENCE_MS)]);
  const data = new FormData(form);
  const fields = Object.fromEntries(FIELDS.map((name) => [name, data.get(name)]).filter(([, value]) => value));
  fields.version = String(Math.max(Number(fields.version), await versionOf(reference)));
  const files = (name) => Promise.all((kept.get(form)?.[name]?.files() ?? []).map(smallWithNotes));
  const [photos, before] = [await files("photos"), await files("before")];
  return { client_id: form.elements.client_id.value, by, reference, act, title, url: form.action, fields, photos, before };
}

function refuse(form, { reasons = [], news = [], now }) {
  const box = form.querySelector("[data-refused]");
  const line = (text) => Object.assign(document.createElement("li"), { textContent: text });
  box.querySelector("[data-refused-list]").replaceChildren(...reasons.map(line));
  box.querySelector("[data-news-list]").replaceChildren(...news.map(newsLine));
  box.hidden = false;
  if (now?.version) form.elements.version.value = String(Math.max(now.version, Number(form.elements.version.value)));
  if (now?.seen) form.elements.seen.value = String(now.seen);
  form.closest("details").open = true;
  box.focus();
}

function newsLine({ title: what, when, who, note }) {
  const text = document.createElement("p");
  const strong = Object.assign(document.createElement("b"), { textContent: what });
  text.append(strong, ` ${[when, who].filter(Boolean).join(" · ")}`, ...(note ? [document.createElement("br"), note] : []));
  return text;
}

function sending(form, on) {
  const text = form.querySelector("[data-send-text]");
  text.dataset.idle ??= text.textContent;
  form.querySelector("[data-send]").disabled = on;
  text.textContent = on ? words.sending : text.dataset.idle;
}

function begin(form) {
  form.reset();
  for (const photos of Object.values(kept.get(form))) photos.clear();
  for (const name of ["device_lat", "device_lon", "device_time"]) form.elements[name].value = "";
  looks.delete(form);
  form.elements.client_id.value = crypto.randomUUID();
  form.querySelector("[data-refused]").hidden = true;
}

async function send(form, act) {
  const row = await packed(form, act);
  await keepAct(row);
  await flushActs(by).catch(() => undefined); // no network: it waits
  const now = await actKept(row.client_id);
  if (now?.state === SENT) {
    history.replaceState(null, "", location.pathname);
    return location.assign(act === "return_work" ? page.dataset.list : now.url);
  }
  if (now?.state === HELP) {
    await editAct(now);
    await redraw();
    return refuse(form, now);
  }
  begin(form);
  form.closest("details").open = false;
  await redraw();
  return document.querySelector("[data-acts-box]").scrollIntoView({ block: "start" });
}

/** The form itself, with the photos back in their inputs. */
function sendPlain(form) {
  for (const [name, photos] of Object.entries(kept.get(form))) {
    const held = new DataTransfer();
    for (const file of photos.files()) held.items.add(file);
    form.querySelector(`input[type=file][name=${name}]`).files = held.files;
  }
  form.submit();
}

/** Open what was refused, with all that was typed and its photos. */
async function openKept() {
  const clientId = /^#edit=([\w-]+)$/.exec(location.hash)?.[1];
  const row = clientId && await actKept(clientId);
  const part = row && row.by === by && forms.get(row.act);
  if (!part) return;
  await editAct(row);
  const form = part.querySelector("form");
  for (const name of ["note", "reason", "materials"]) if (form.elements[name]) form.elements[name].value = row.fields[name] ?? "";
  for (const radio of form.querySelectorAll("[name=measure]")) radio.checked = radio.value === row.fields.measure;
  for (const name of ["device_lat", "device_lon", "device_time"]) form.elements[name].value = row.fields[name] ?? "";
  for (const [name, photos] of Object.entries(kept.get(form))) photos.add(row[name] ?? []);
  form.elements.client_id.value = clientId;
  looks.set(form, Promise.resolve()); // the place is that of the photos
  refuse(form, row);
  await redraw();
}

for (const [act, part] of forms) {
  const form = part.querySelector("form");
  kept.set(form, crewPhotos(form, { remove: (num) => say(words.remove, { num }), chosen: () => look(form) }));
  form.elements.client_id.value ||= crypto.randomUUID();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.querySelector("[data-send]").disabled) return;
    sending(form, true);
    try {
      await send(form, act);
    } catch {
      sendPlain(form); // a browser that keeps nothing
    } finally {
      sending(form, false);
    }
  });
}
addEventListener("hashchange", () => openKept().catch(() => undefined));
await openKept().catch(() => undefined);
