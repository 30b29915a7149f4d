// What a crew did, on its way to the server: kept on the device with its photos until it is there, in the order in which
// it was done on each hazard, by page and service worker alike. `client_id` makes two sendings one act. Each answer's new
// version is handed to the acts that wait behind it. Refused (4xx): kept with the server's sentence, for a person to
// correct, and what was done on the same hazard afterwards waits for that. Not signed in: kept until the same person is.
// When it was done and sent goes along by the device's own clock: the server takes the difference (domain/claimed.py).
import { all, drop, one, put } from "./device.js";
import { EDITING, HELP, WAITING, pause, toBase64 } from "./outbox.js";

const TAG = "acts";
const CHANNEL = "qauip-acts";
const EDITED_FOR_MS = 3_600_000;
const REMEMBERED_MS = 3_600_000;

export const SENT = "sent";
export const SIGN_IN = "sign-in";

const tell = () => {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage("changed");
  channel.close();
};

/** Call `act` whenever something changes in another tab or in the worker. */
export function onActs(act) {
  new BroadcastChannel(CHANNEL).addEventListener("message", act);
}

/** All acts kept here, as they were done; what went long ago is forgotten. */
export async function acts() {
  const rows = (await all("acts")).sort((a, b) => a.kept_at - b.kept_at);
  const old = rows.filter(({ state, sent_at }) => state === SENT && sent_at + REMEMBERED_MS < Date.now());
  await Promise.all(old.map(({ client_id }) => drop("acts", client_id)));
  return rows.filter((row) => !old.includes(row));
}

export const actKept = (clientId) => one("acts", clientId);
export const unsent = async () => (await acts()).filter(({ state }) => state !== SENT);

/** Keep an act: {client_id, by, reference, act, title, url, fields, photos, before}; the same id replaces what was kept. */
export async function keepAct(row) {
  const before = await actKept(row.client_id);
  await put("acts", { ...row, kept_at: before?.kept_at ?? Date.now(), state: WAITING, tries: 0, not_before: 0 });
  tell();
  await askForSync();
}

export async function removeAct(clientId) {
  await drop("acts", clientId);
  tell();
}

/** Hold an act back while its form is open. */
export const editAct = (row) => put("acts", { ...row, state: EDITING, edited_at: Date.now() });

/** Try it at once, whatever the server asked. */
export async function releaseAct(row) {
  await put("acts", { ...row, state: WAITING, tries: 0, not_before: 0 });
  await askForSync();
}

/** The version of a hazard after the last act that went from here; 0 where none did. */
export async function versionOf(reference) {
  const went = (await acts()).filter((row) => row.state === SENT && row.reference === reference);
  return Math.max(0, ...went.map(({ version }) => version));
}

/** At sign-out: what was sent is nobody's business here; what was not is kept for whoever did it. */
export async function forgetSent() {
  const sent = (await all("acts")).filter(({ state }) => state === SENT);
  await Promise.all(sent.map(({ client_id }) => drop("acts", client_id)));
}

async function askForSync() {
  const worker = await globalThis.navigator.serviceWorker?.getRegistration?.() ?? globalThis.registration;
  await worker?.sync?.register(TAG).catch(() => undefined);
}

/** `by`: who is signed in, where the page knows it; acts of others, and of who had to sign in, are not tried then. */
function due(row, by) {
  if (by && row.by !== by) return false;
  if (row.state === SIGN_IN) return row.by === by;
  if (row.state === EDITING) return row.edited_at + EDITED_FOR_MS < Date.now();
  return row.state === WAITING && row.not_before <= Date.now();
}

async function post(row) {
  const [photos, before] = await Promise.all([row.photos, row.before].map((files) => Promise.all((files ?? []).map(toBase64))));
  const [done_at, sent_at] = [row.kept_at, Date.now()].map((moment) => new Date(moment).toISOString());
  const response = await fetch(row.url, {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify({ ...row.fields, client_id: row.client_id, by: row.by, done_at, sent_at, photos, before }),
  });
  const answer = await response.json().catch(() => ({}));
  return { ok: response.ok, status: response.status, answer, retryAfter: response.headers.get("Retry-After") };
}

/** The acts that were done after this one, on what it made of the hazard. */
async function handOn(row, version) {
  for (const later of await unsent()) {
    if (later.reference !== row.reference || later.client_id === row.client_id) continue;
    if (Number(later.fields.version) < version) await put("acts", { ...later, fields: { ...later.fields, version: String(version) } });
  }
}

async function went(row, { version, message, url }) {
  const { client_id, by, reference, act, title, kept_at } = row;
  await put("acts", { client_id, by, reference, act, title, kept_at, state: SENT, sent_at: Date.now(), version, message, url });
  await handOn(row, version);
}

async function settle(row, { ok, status, answer, retryAfter }) {
  if (ok) await went(row, answer);
  else await put("acts", { ...row, ...refusal(row, status, answer, retryAfter), tries: row.tries + 1 });
  tell();
}

function refusal(row, status, answer, retryAfter) {
  const reasons = [answer.message].filter(Boolean);
  if (status === 401 || answer.error === "other_person") return { state: SIGN_IN, reasons };
  if (status === 429 || status >= 500 || status === 408) return { state: WAITING, not_before: Date.now() + pause(row, retryAfter), reasons };
  const { news = [], version = 0, seen = 0, gone = false } = answer;
  return { state: HELP, reasons, news, now: { version, seen }, gone };
}

async function sendDue(by) {
  const sent = [];
  const held = new Set();
  for (const { client_id } of await unsent()) {
    const row = await actKept(client_id);
    if (!row || row.state === SENT) continue; // deleted or sent meanwhile
    if (held.has(row.reference) || !due(row, by)) {
      held.add(row.reference);
      continue;
    }
    const said = await post(row); // rejects without a network: the rest waits too
    await settle(row, said);
    if (said.ok) sent.push({ url: said.answer.url });
    else held.add(row.reference);
  }
  return sent;
}

/** Send what waits. Rejects where there is still no network. */
export async function flushActs(by = "") {
  if (!(await unsent()).length) return [];
  if (!globalThis.navigator.locks) return sendDue(by);
  return globalThis.navigator.locks.request(CHANNEL, () => sendDue(by));
}

/** The same for a Background Sync: what the server put off stays a sync that failed, so that the browser tries again. */
export async function flushActsInBackground({ lastChance = false } = {}) {
  const sent = await flushActs();
  if (!(await unsent()).some(({ state }) => state === WAITING)) return sent;
  if (lastChance) await askForSync();
  throw new Error("put off");
}
