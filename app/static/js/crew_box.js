// "Done on this device": what was done on this device by whoever is signed in, as it stands. Of others on the same device nothing
// is shown. Whatever a person typed goes in as text.
import { SENT, SIGN_IN, acts, flushActs, onActs, releaseAct, removeAct } from "./acts_outbox.js";
import { say } from "./map/words.js";
import { EDITING, HELP } from "./outbox.js";

const language = document.documentElement.lang === "en" ? "en-GB" : "ru";
const moment = (time) => new Date(time).toLocaleString(language, { dateStyle: "short", timeStyle: "short" });

/** `only`: the reference of the hazard whose acts are shown; all where there is none. Answers a function that redraws. */
export function actsBox({ by, words, list, only = "" }) {
  const box = document.querySelector("[data-acts-box]");
  const part = (name) => box.querySelector(`[data-${name}]`);
  let before = new Map();

  function stateOf(row, behind) {
    if (row.state === SENT) return row.message || words.sent;
    if (row.state === HELP) return words.help;
    if (row.state === SIGN_IN) return words.signin;
    if (row.state === EDITING) return words.editing;
    if (behind) return words.behind;
    return row.tries ? words.later : words.waiting;
  }
  function card(row, behind) {
    const made = document.querySelector("template[data-act-card]").content.cloneNode(true);
    const at = (name) => made.querySelector(`[data-${name}]`);
    const page = row.url.replace(/\/[^/]*$/, "");
    made.firstElementChild.classList.toggle("needs-help", row.state === HELP);
    made.firstElementChild.classList.toggle("is-sent", row.state === SENT);
    at("link").textContent = row.title;
    at("link").href = row.state === SENT ? row.url : page;
    at("act").textContent = words.acts[row.act];
    const photos = (row.photos?.length ?? 0) + (row.before?.length ?? 0);
    at("about").textContent = moment(row.kept_at) + (photos ? ` · ${say(words.photos, { num: photos })}` : "");
    const said = row.fields?.note || row.fields?.reason;
    at("note").hidden = !said;
    at("note").textContent = said ?? "";
    at("state").textContent = stateOf(row, behind);
    const reasons = row.state === HELP ? row.reasons : [];
    at("reasons").hidden = !reasons.length;
    at("reasons").replaceChildren(...reasons.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
    at("edit").hidden = row.state !== HELP || row.gone;
    at("edit").href = `${page}#edit=${row.client_id}`;
    at("send").hidden = [SENT, HELP, SIGN_IN, EDITING].includes(row.state) || behind;
    at("send").addEventListener("click", async () => {
      await releaseAct(row);
      await flushActs(by).catch(() => undefined);
      await draw();
    });
    at("delete").hidden = row.state === SENT;
    at("delete").addEventListener("click", async () => {
      if (!confirm(words.sureDelete)) return;
      await removeAct(row.client_id);
      await draw();
    });
    return made;
  }
  async function draw() {
    const rows = (await acts()).filter((row) => row.by === by && (!only || row.reference === only));
    const stuck = new Set();
    const cards = rows.map((row) => {
      const made = card(row, stuck.has(row.reference));
      if (row.state !== SENT) stuck.add(row.reference);
      return made;
    });
    box.hidden = !rows.length;
    part("acts-list").replaceChildren(...cards);
    part("acts-sign-in").hidden = !rows.some(({ state }) => state === SIGN_IN);
    const news = rows.filter((row) => before.has(row.client_id) && before.get(row.client_id) !== row.state);
    if (news.length) part("acts-said").textContent = news.map((row) => stateOf(row, false)).join(" ");
    before = new Map(rows.map(({ client_id, state }) => [client_id, state]));
  }
  const again = () => draw().catch(() => undefined); // a browser that keeps nothing
  onActs(again);
  again();
  return again;
}
