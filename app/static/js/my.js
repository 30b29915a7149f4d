// "My reports" on this device: what waits, what was sent, and the ways to forget it. Words come from the page; whatever a
// person typed goes in as text.
import { all, drop, forgetAll, put } from "./device.js";
import { say } from "./map/words.js";
import { EDITING, HELP, SENDING, flush, onChange, pending, release, remove } from "./outbox.js";

const box = document.querySelector("[data-my]");
const words = JSON.parse(box.dataset.words);
const find = (name) => document.querySelector(`[data-${name}]`);
const day = (time) => new Date(time).toLocaleString(document.documentElement.lang === "en" ? "en-GB" : "ru", { dateStyle: "short", timeStyle: "short" });
const copy = (name) => find(name).content.cloneNode(true);

function stateOf({ state, tries }) {
  if (state === HELP) return words.help;
  if (state === EDITING) return words.editing;
  if (state === SENDING) return words.sending;
  return tries ? words.later : words.waiting;
}

function outboxCard(row) {
  const made = copy("outbox-card");
  const part = (name) => made.querySelector(`[data-${name}]`);
  part("title").textContent = row.title || words.report;
  made.firstElementChild.classList.toggle("needs-help", row.state === HELP);
  const photos = row.photos.length ? ` · ${say(words.photos, { num: row.photos.length })}` : "";
  part("about").textContent = say(words.kept, { day: day(row.kept_at) }) + photos;
  part("state").textContent = stateOf(row);
  const reasons = row.state === HELP ? row.reasons ?? [] : [];
  part("reasons").hidden = !reasons.length;
  part("reasons").replaceChildren(...reasons.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  part("edit").href = `${box.dataset.reportUrl}#edit=${row.client_id}`;
  part("send").hidden = row.state === HELP; // refused as it is: it has to be changed
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
  part("link").textContent = row.held ? words.message : row.title || words.report;
  part("code").textContent = row.reference;
  part("link").href = `${box.dataset.receiptUrl}#${row.receipt}`;
  part("about").textContent = day(row.kept_at);
  part("delete").addEventListener("click", async () => {
    if (!confirm(words.sureOne)) return;
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
    if (!known.title && !row.held) await put("receipts", { ...row, held: true, title: "" }); // a person reads it: say no more
    link.textContent = known.title || words.message;
    if (known.updated) about.textContent = say(words.updated, { when: known.updated });
  } catch {
    about.textContent = `${day(row.kept_at)} · ${words.unknown}`;
  }
}

async function sendNow() {
  await flush().catch(() => undefined);
  await draw();
}

let seen = null; // the receipts seen before: a new one was sent while this page was open

async function draw() {
  const newest = (a, b) => b.kept_at - a.kept_at;
  const [waiting, receipts] = [(await pending()).sort(newest), (await all("receipts")).sort(newest)];
  find("outbox").hidden = !waiting.length;
  find("call").hidden = !waiting.some(({ call }) => call);
  find("outbox-list").replaceChildren(...waiting.map(outboxCard));
  find("receipts").replaceChildren(...receipts.map(receiptCard));
  if (seen && receipts.some(({ receipt, held }) => !held && !seen.has(receipt))) find("said").textContent = words.sent;
  seen = new Set(receipts.map(({ receipt }) => receipt));
  find("mine").hidden = !receipts.length;
  find("none").hidden = receipts.length + waiting.length > 0;
  find("forget-box").hidden = !(receipts.length || waiting.length || (await all("draft")).length);
  box.hidden = false;
}

/** The browser offers to install: said here only, and no more once it was answered. */
addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  find("install").hidden = false;
  find("install-now").onclick = async () => {
    find("install").hidden = true;
    await event.prompt();
  };
});
addEventListener("appinstalled", () => (find("install").hidden = true));

find("forget").addEventListener("click", async () => {
  if (!confirm(words.sureAll)) return;
  await forgetAll();
  find("said").textContent = "";
  await draw();
});
onChange(draw);
draw();
