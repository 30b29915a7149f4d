// "Done on this device": what was done on this device by whoever is signed in, as it stands. Of others on the same device nothing
// is shown. Whatever a person typed goes in as text.
import { SENT, SIGN_IN, acts, blockers, flushActs, onActs, releaseAct, removeAct } from "./acts_outbox.js";
import { say } from "./map/words.js";
import { HELP } from "./outbox.js";

const language = document.documentElement.lang === "en" ? "en-GB" : "ru";
export const moment = (time) => new Date(time).toLocaleString(language, { dateStyle: "short", timeStyle: "short" });

function listed(...said) {
  const line = document.createElement("li");
  line.append(...said);
  return line;
}

/** A line of what has changed meanwhile. */
export function newsLine({ title: what, when, who, note }) {
  const text = document.createElement("p");
  const strong = Object.assign(document.createElement("b"), { textContent: what });
  text.append(strong, ` ${[when, who].filter(Boolean).join(" · ")}`, ...(note ? note.split("\n").flatMap((said) => [document.createElement("br"), said]) : []));
  return text;
}

/** `shows(row)`: which acts; `opened(id)`: whether a form of this page has it open; `dropped(id)`: it was deleted;
 * `drawn(rows)`; `sent()`: one that waited has gone. Answers a function that redraws. */
export function actsBox({ by, words, shows = () => true, opened = () => false, dropped = () => undefined, drawn = () => undefined, sent = () => undefined }) {
  const box = document.querySelector("[data-acts-box]");
  const part = (name) => box.querySelector(`[data-${name}]`);
  let before = new Map();

  function stateOf(row, blocker) {
    if (row.state === SENT) return row.message || words.sent;
    if (row.state === HELP && row.gone) return words.lost;
    if (row.state === HELP) return opened(row.client_id) ? words.editing : words.help;
    if (row.state === SIGN_IN) return words.signin;
    if (blocker) return say((blocker.state === HELP && words.stuck) || words.behind, { act: words.acts[blocker.act], when: moment(blocker.kept_at) });
    return row.tries ? words.later : words.waiting;
  }
  function card(row, blocker) {
    const made = document.querySelector("template[data-act-card]").content.cloneNode(true);
    const at = (name) => made.querySelector(`[data-${name}]`);
    const page = row.page ?? row.url.replace(/\/[^/]*$/, "");
    made.firstElementChild.classList.toggle("needs-help", row.state === HELP);
    made.firstElementChild.classList.toggle("is-sent", row.state === SENT);
    at("link").textContent = row.title;
    at("link").href = row.state === SENT ? row.url : page;
    at("act").textContent = words.acts[row.act];
    const photos = (row.photos?.length ?? 0) + (row.before?.length ?? 0);
    at("about").textContent = moment(row.kept_at) + (photos ? ` · ${say(words.photos, { num: photos })}` : "");
    const said = row.fields?.note || row.fields?.reason || row.fields?.description;
    at("note").hidden = !said;
    at("note").textContent = said ?? "";
    at("state").textContent = stateOf(row, blocker);
    const reasons = row.state === HELP ? [...row.reasons.map((text) => listed(text)), ...(row.news ?? []).map((news) => listed(...newsLine(news).childNodes))] : [];
    at("reasons").hidden = !reasons.length;
    at("reasons").replaceChildren(...reasons);
    const edit = at("edit");
    edit.hidden = row.state !== HELP || row.gone; // of what went to another body there is no page any more
    edit.href = `${page}#edit=${row.client_id}`;
    edit.addEventListener("click", () => location.href === edit.href && dispatchEvent(new Event("hashchange"))); // once more
    at("send").hidden = [SENT, HELP, SIGN_IN].includes(row.state) || Boolean(blocker);
    at("send").addEventListener("click", async () => {
      await releaseAct(row);
      await flushActs(by).catch(() => undefined);
      await draw();
    });
    at("delete").hidden = row.state === SENT;
    at("delete").addEventListener("click", async () => {
      if (!confirm(words.sureDelete)) return;
      await removeAct(row.client_id);
      dropped(row.client_id);
      await flushActs(by).catch(() => undefined); // what waited for it
      await draw();
    });
    return made;
  }
  async function draw() {
    const rows = (await acts()).filter((row) => row.by === by && shows(row));
    const blocked = blockers(rows);
    const cards = rows.map((row) => card(row, blocked.get(row.client_id)));
    box.hidden = !rows.length;
    part("acts-list").replaceChildren(...cards);
    part("acts-sign-in").hidden = !rows.some(({ state }) => state === SIGN_IN);
    const news = rows.filter((row) => before.has(row.client_id) && before.get(row.client_id) !== row.state);
    if (news.length) part("acts-said").textContent = news.map((row) => stateOf(row, blocked.get(row.client_id))).join(" ");
    before = new Map(rows.map(({ client_id, state }) => [client_id, state]));
    drawn(rows);
    if (news.some(({ state }) => state === SENT)) sent();
  }
  const again = () => draw().catch(() => undefined); // a browser that keeps nothing
  onActs(again);
  again();
  return again;
}
