// What a crew did, on its way to the server: kept on the device with its photos until it is there, in the order in which
// it was done on each hazard, by page and service worker alike. `client_id` makes two sendings one act. Each answer's new
// version is handed to the acts that knew the one before. Refused (4xx): kept with the server's sentence, for a person to
// correct or delete, and what was done on the same hazard afterwards waits for that, unless whoever did it knew of the
// refusal by then (`known`), or it stands by itself (`alone`, which the server says with its form): "made safe" or a note
// waits for no refusal, and nothing waits for theirs. Once a refused act is deleted, what waited goes on from the version
// that its refusal told and its card showed. Not signed in: kept until the same person is. Whether a form has an act open is known to that
// page alone: an open form that was written down here outlived its page, and held all behind it. When it was done and sent goes along by the device's own clock: the server takes the difference (domain/claimed.py).
import { all, drop, one, put } from "./device.js";
import { EDITING, HELP, WAITING, later, pause, toBase64 } from "./outbox.js";

const TAG = "acts";
const CHANNEL = "qauip-acts";
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

/** What an earlier version of this site wrote down as open in a form was refused before. */
const now = (row) => (row?.state === EDITING ? { ...row, state: HELP } : row);

/** All acts kept here, as they were done; what went long ago is forgotten. */
export async function acts() {
  const rows = (await all("acts")).map(now).sort((a, b) => a.kept_at - b.kept_at);
  const old = rows.filter(({ state, sent_at }) => state === SENT && sent_at + REMEMBERED_MS < Date.now());
  await Promise.all(old.map(({ client_id }) => drop("acts", client_id)));
  return rows.filter((row) => !old.includes(row));
}

export const actKept = async (clientId) => now(await one("acts", clientId));
export const unsent = async () => (await acts()).filter(({ state }) => state !== SENT);

/** What each act waits for: its id -> the first act before it that was not sent, of the same person on the same hazard.
 * One that stands by itself waits only for what goes on its way without a person. */
export function blockers(rows) {
  const first = new Map();
  const stuck = new Map();
  const found = new Map();
  for (const row of rows.filter(({ state, known }) => state !== SENT && !known)) {
    const line = `${row.by} ${row.reference}`;
    const blocker = (!row.alone && stuck.get(line)) || first.get(line);
    if (blocker) found.set(row.client_id, blocker);
    if (row.state === HELP) {
      if (!row.alone && !stuck.has(line)) stuck.set(line, row);
    } else if (blocker?.state !== HELP && !first.has(line)) first.set(line, row);
  }
  return found;
}

/** Keep an act: {client_id, by, reference, act, title, url, fields, photos, before}; the same id replaces what was kept.
 * False, and nothing kept, where the act of that id has gone meanwhile, from another tab. */
export async function keepAct(row) {
  const before = await actKept(row.client_id);
  if (before?.state === SENT) return false;
  const fresh = { edition: crypto.randomUUID(), state: WAITING, tries: 0, not_before: 0 };
  await put("acts", { ...row, ...fresh, kept_at: before?.kept_at ?? Date.now() });
  tell();
  await askForSync();
  return true;
}

export async function removeAct(clientId) {
  const row = await actKept(clientId);
  await drop("acts", clientId);
  if (row?.state === HELP && row.now?.version) await goOn(row);
  tell();
}

/** Whoever did it has read in its form that it was refused: what they do from now on does not wait for it. */
export async function knowRefused(row) {
  await put("acts", { ...row, known: true });
  tell();
}

/** Try it at once, whatever the server asked. */
export async function releaseAct(row) {
  await put("acts", { ...row, state: WAITING, tries: 0, not_before: 0 });
  await askForSync();
}

/** The version of a hazard that whoever acts here knows by the last act that went; 0 where none did. */
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
  const answer = await response.json().catch(() => null);
  const ours = response.ok ? answer?.url : answer?.error;
  const status = ours || later(response.status) ? response.status : 503; // a network that asks to sign in answers in our name
  return { ok: status < 300, status, answer: answer ?? {}, retryAfter: response.headers.get("Retry-After") };
}

const number = (text) => Number(text) || 0;
const others = async (row) => (await unsent()).filter(({ by, reference, client_id }) => by === row.by && reference === row.reference && client_id !== row.client_id);

/** What waited for a refused act was kept with it in sight: it goes on from the version that the refusal told. */
async function goOn({ kept_at, now: told, ...row }) {
  for (const later of await others(row)) {
    if (later.kept_at < kept_at || number(later.fields.version) >= told.version) continue;
    await put("acts", { ...later, fields: { ...later.fields, version: String(told.version), seen: String(told.seen) } });
  }
}

/** Whoever knew the hazard as it was before this act knows it after. What was done past changes that the device did not know
 * lets nobody know of those. */
async function handOn({ fields, ...row }, { before, version }) {
  const upToDate = number(fields.version) === before;
  const knows = (told) => told === before || (upToDate && told < before);
  for (const other of await others(row)) {
    if (knows(number(other.fields.version))) await put("acts", { ...other, fields: { ...other.fields, version: String(version) } });
    else if (knows(other.now?.version)) await put("acts", { ...other, now: { ...other.now, version } });
  }
  return upToDate ? version : number(fields.version);
}

async function went(row, answer) {
  const { client_id, by, reference, act, title, kept_at } = row;
  const { message, url } = answer;
  const version = await handOn(row, answer);
  await put("acts", { client_id, by, reference, act, title, kept_at, state: SENT, sent_at: Date.now(), version, message, url });
}

/** A refusal of what was deleted or corrected while it was on its way is no refusal any more. */
async function settle(row, { ok, status, answer, retryAfter }) {
  const kept = await actKept(row.client_id);
  if (ok) await went(row, answer);
  else if (kept?.state === WAITING && kept.edition !== row.edition) return;
  else if (kept) await put("acts", { ...row, ...refusal(row, status, answer, retryAfter), tries: row.tries + 1 });
  tell();
}

function refusal(row, status, answer, retryAfter) {
  const reasons = [answer.message].filter(Boolean);
  if (status === 401 || answer.error === "other_person") return { state: SIGN_IN, reasons };
  if (later(status)) return { state: WAITING, not_before: Date.now() + pause(row, retryAfter), reasons };
  const { news = [], version = 0, seen = 0, gone = false } = answer;
  return { state: HELP, reasons, news, now: { version, seen }, gone };
}

async function sendDue(by) {
  const sent = [];
  for (const { client_id } of await unsent()) {
    const row = (await unsent()).find((kept) => kept.client_id === client_id);
    if (!row || !due(row, by) || blockers(await unsent()).has(client_id)) continue; // or deleted or sent meanwhile
    const said = await post(row); // rejects without a network: the rest waits too
    await settle(row, said);
    if (said.ok) sent.push({ url: said.answer.url });
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
  const left = await unsent();
  const held = blockers(left);
  if (!left.some(({ state, client_id }) => state === WAITING && !held.has(client_id))) return sent; // a person is needed
  if (lastChance) await askForSync();
  throw new Error("put off");
}
