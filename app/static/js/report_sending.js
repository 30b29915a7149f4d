// A report on its way from the form. It is put into the outbox first, under the same `client_id`, so that it goes by itself
// where no answer comes or the page is closed; out again at the receipt, or at a refusal that is corrected in the form.
// Turned down: to keep it only when sending has failed, which a page that is closed meanwhile never comes to.
import { SENDING, hold, keep, later, release, remove, settle, waiting } from "./outbox.js";
import { mayTake, sendReport } from "./report_send.js";

const SPARE_MS = 20_000; // beyond what sending may take, before anybody else sends it
const LONG_MS = 25_000;
const ASKED_FOR_MS = 300_000; // a question whose page is closed: then it goes without being asked
const AGAIN_MS = 60_000;
const AT_MOST_MS = 3_600_000; // a question that nobody answers

let waited = false; // it lay in the outbox before this form had it
let timer = 0;

/** While the page shows the question, the report stays held back. */
function holdWhileAsked(clientId) {
  const until = Date.now() + AT_MOST_MS;
  const again = () => (Date.now() < until ? hold(clientId, ASKED_FOR_MS).catch(() => undefined) : clearInterval(timer));
  timer = setInterval(again, AGAIN_MS);
  return again();
}

async function putIn(body, about) {
  const before = await waiting(body.client_id);
  waited ||= Boolean(before && before.state !== SENDING);
  await keep(body, { ...about, heldFor: mayTake(body) + SPARE_MS });
  return true;
}

/** What becomes of the report in the outbox; whether it waits there now. */
async function after(row, said) {
  if (said === null) {
    if (row) await release(row); // or another page has sent it or deleted it
    return true;
  }
  if (said.answer.near) await holdWhileAsked(row?.client_id);
  else if (!said.ok && row) await (later(said.status) || waited ? settle(row, said) : remove(row.client_id));
  return !said.ok && later(said.status);
}

/** Sends `body`, as `asked`. Gives `waits` where the outbox sends it, else what `sendReport` gives; null: no answer, and
 * this browser keeps nothing. `long()` is called where it takes long, and the report is kept. */
export async function sendFromForm(body, { url, title, asked, long }) {
  clearInterval(timer);
  const kept = await putIn(body, { url, title }).catch(() => false);
  const slow = kept && setTimeout(long, LONG_MS);
  const said = await sendReport(asked, url).catch(() => null);
  clearTimeout(slow);
  const waits = kept && await after(await waiting(body.client_id), said);
  return waits ? { waits } : said;
}
