// Reports that wait on this device until there is a network, and the receipts of those that went. Page and service worker
// use it alike: a Web Lock lets one of them send at a time, and `client_id` makes two sendings one report all the same.
// A form puts its report here before it sends it, held back for as long as the form may take: a page that is closed in the
// middle loses nothing. Refused for good (4xx): kept with the reason, for a person to mend. 429 and 5xx: tried again later.
import { all, drop, one, put } from "./device.js";
import { mayTake, sendReport } from "./report_send.js";

const TAG = "outbox";
const CHANNEL = "qauip-outbox";
const FIRST_WAIT_MS = 15_000;
const LONGEST_WAIT_MS = 3_600_000;
const EDITED_FOR_MS = 3_600_000; // a form left open with a report holds it back for an hour, not for ever
const SLOWEST = 5; // bytes in a millisecond: nobody looks on while this sends, so that a slow network gets its time
const LONGEST_TRY_MS = 600_000;

export const WAITING = "waiting";
export const HELP = "help";
export const EDITING = "editing";
export const SENDING = "sending";

function toBlob(base64) {
  return new Blob([Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0))]);
}

/** What a JSON body holds of a file. */
export async function toBase64(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

const tell = () => {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage("changed");
  channel.close();
};

/** Call `act` whenever the outbox changes in another tab or in the worker. */
export function onChange(act) {
  new BroadcastChannel(CHANNEL).addEventListener("message", act);
}

/** Keep the body of a report until it can be sent; the same `client_id` replaces what was kept. `url`: where it goes.
 * `heldFor`: milliseconds for which its form sends it itself; nobody else does meanwhile. */
export async function keep(body, { url, title = "", heldFor = 0 }) {
  const { photos = [], ...fields } = body;
  const row = { client_id: body.client_id, fields, photos: photos.map(toBlob), url, title, kept_at: Date.now() };
  const when = heldFor ? { state: SENDING, not_before: Date.now() + heldFor } : { state: WAITING, not_before: 0 };
  await put("outbox", { ...row, ...when, edition: crypto.randomUUID(), tries: 0 });
  tell();
  await askForSync();
}

export const pending = () => all("outbox");
export const waiting = (clientId) => one("outbox", clientId);

export async function remove(clientId) {
  await drop("outbox", clientId);
  tell();
}

/** Hold a report back while a form has it open. */
export async function edit(row) {
  await put("outbox", { ...row, state: EDITING, edited_at: Date.now() });
}

/** Hold back for longer what a form still asks about. */
export async function hold(clientId, ms) {
  const row = await waiting(clientId);
  if (row?.state === SENDING) await put("outbox", { ...row, not_before: Date.now() + ms });
}

/** Send it again after it was refused or opened, or its form got no answer. */
export async function release(row) {
  await put("outbox", { ...row, state: WAITING, call: false, tries: 0, not_before: 0 });
  tell();
  await askForSync();
}

/** Remember what the server answered to a report, and that it no longer waits. */
export async function keepReceipt(clientId, answer, title) {
  if (answer.receipt) {
    const held = Boolean(answer.held);
    const row = { receipt: answer.receipt, reference: answer.reference, url: answer.receipt_url, kept_at: Date.now() };
    await put("receipts", { ...row, held, title: held ? "" : title });
  }
  await drop("draft", clientId); // of a form that was closed while it sent: not to be sent a second time
  await remove(clientId);
}

async function askForSync() {
  const worker = await globalThis.navigator.serviceWorker?.getRegistration?.() ?? globalThis.registration;
  await worker?.sync?.register(TAG).catch(() => undefined);
}

const due = (row, now) => (row.state === EDITING ? row.edited_at + EDITED_FOR_MS < now : row.state !== HELP && row.not_before <= now);

/** How long to wait before the next try: what the server asks for, else twice as long each time. */
export function pause(row, retryAfter) {
  const asked = Number(retryAfter) * 1000;
  return asked > 0 ? asked : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** row.tries);
}

/** Whether the same report may be taken in another time, as it is. */
export const later = (status) => status === 429 || status === 408 || status >= 500;

/** What the server's answer makes of a report. Nothing, where it was changed, opened or deleted while it was on its way. */
export async function settle(row, { ok, status, answer, retryAfter }) {
  if (ok) return keepReceipt(row.client_id, answer, row.title);
  const kept = await waiting(row.client_id);
  if (!kept || kept.edition !== row.edition || kept.state !== row.state) return undefined;
  const reasons = (answer.errors ?? [answer]).map(({ message }) => message).filter(Boolean);
  const next = later(status) ? { state: WAITING, call: status === 429, not_before: Date.now() + pause(row, retryAfter) } : { state: HELP };
  await put("outbox", { ...row, ...next, reasons, tries: row.tries + 1 });
  return tell();
}

async function sendDue() {
  const sent = [];
  for (const { client_id } of (await pending()).filter((row) => due(row, Date.now()))) {
    const row = await waiting(client_id);
    if (!row || !due(row, Date.now())) continue; // deleted, opened or sent meanwhile
    const body = { ...row.fields, photos: await Promise.all(row.photos.map(toBase64)) };
    const withinMs = Math.min(LONGEST_TRY_MS, mayTake(body, SLOWEST));
    const said = await sendReport(body, row.url, { withinMs }); // rejects without a network: the rest waits too
    await settle(row, said);
    if (said.ok) sent.push({ url: row.url, held: Boolean(said.answer.held) });
  }
  return sent;
}

/** Send what waits. Answers what went, as {url, held}; rejects where there is still no network. */
export async function flush() {
  if (!(await pending()).length) return [];
  if (!globalThis.navigator.locks) return sendDue();
  return globalThis.navigator.locks.request(CHANNEL, sendDue);
}

/** The same for a Background Sync. What the server put off, or a form holds back while it sends, stays a sync that failed:
 * the browser tries those again, and after its last try a new one begins where it may; else the next page that is opened
 * sends. */
export async function flushInBackground({ lastChance = false } = {}) {
  const sent = await flush();
  if (!(await pending()).some(({ state }) => [WAITING, SENDING].includes(state))) return sent;
  if (lastChance) await askForSync();
  throw Object.assign(new Error("put off"), { sent });
}
