// "My reports" on this device: what waits, what was sent, and the ways to forget it. Words come from the page; whatever a
// person typed goes in as text.
import { all, drop, forgetAll } from "./device.js";
import { say } from "./map/words.js";
import { EDITING, HELP, flush, onChange, pending, release, remove } from "./outbox.js";

const box = document.querySelector("[data-my]");
const words = JSON.parse(box.dataset.words);
const find = (name) => document.querySelector(`[data-${name}]`);
const day = (time) => new Date(time).toLocaleString(document.documentElement.lang === "en" ? "en-GB" : "ru", { dateStyle: "short", timeStyle: "short" });
const copy = (name) => find(name).content.cloneNode(true);

function stateOf({ state, tries }) {
  if (state === HELP) return words.help;
  if (state === EDITING) return words.editing;
  return tries ? words.later : words.waiting;
}

function outboxCard(row) {
  const made = copy("outbox-card");
  const part = (name) => made.querySelector(`[data-${name}]`);
  part("title").textContent = row.title || words.report;
  const photos = row.photos.length ? ` · ${say(words.photos, { num: row.photos.length })}` : "";
  part("about").textContent = say(words.kept, { day: day(row.kept_at) }) + photos;
  part("state").textContent = stateOf(row);
  const reasons = row.state === HELP ? row.reasons ?? [] : [];
  part("reasons").hidden = !reasons.length;
  part("reasons").replaceChildren(...reasons.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  part("edit").href = `${box.dataset.reportUrl}#edit=${row.client_id}`;
  part("send").addEventListener("click", async () => {
    await release(row);
    await sendNow();
  });
  part("delete").addEventListener("click", async () => {
    if (!confirm(words.sureDelete)) return;
    await remove(row.client_id);
    await draw();
  });
  return made;
}

function receiptCard(row) {
  const made = copy("receipt-card");
  const part = (name) => made.querySelector(`[data-${name}]`);
  part("link").textContent = `${row.held ? words.message : row.title || words.report} · ${row.reference}`;
  part("link").href = `${box.dataset.receiptUrl}#${row.receipt}`;
  part("about").textContent = day(row.kept_at);
  part("delete").addEventListener("click", async () => {
    await drop("receipts", row.receipt);
    await draw();
  });
  ask(row, { status: part("status"), about: part("about"), link: part("link") });
  return made;
}

/** The status as the server knows it now; the receipt goes in the body, as on its own page. */
async function ask(row, { status, about, link }) {
  try {
    const answer = await fetch(box.dataset.receiptUrl, {
      method: "POST",
      credentials: "omit",
      headers: { Accept: "application/json" },
      body: new URLSearchParams({ receipt: row.receipt }),
    });
    if (!answer.ok) throw new Error(String(answer.status));
    const known = await answer.json();
    status.textContent = known.status_text;
    status.hidden = false;
    if (known.title) link.textContent = `${known.title} · ${row.reference}`;
    if (known.updated) about.textContent = say(words.updated, { when: known.updated });
  } catch {
    about.textContent = `${day(row.kept_at)} · ${words.unknown}`;
  }
}

async function sendNow() {
  const sent = await flush().catch(() => 0);
  await draw();
  if (sent) find("said").textContent = words.sent;
}

async function draw() {
  const newest = (a, b) => b.kept_at - a.kept_at;
  const [waiting, receipts] = [(await pending()).sort(newest), (await all("receipts")).sort(newest)];
  find("outbox").hidden = !waiting.length;
  find("outbox-list").replaceChildren(...waiting.map(outboxCard));
  find("receipts").replaceChildren(...receipts.map(receiptCard));
  find("none").hidden = receipts.length > 0;
  box.hidden = false;
}

find("forget-box").hidden = false;
find("forget").addEventListener("click", async () => {
  if (!confirm(words.sureAll)) return;
  await forgetAll();
  await draw();
});
onChange(draw);
draw();
