// A form of something done outside: kept on the device and sent by the outbox, with a network at once, without one as soon as
// there is one. Refused: the form stays open with the reasons, and what comes after does not wait for it. The form knows by
// its `client_id` which kept act it has open; that is written down nowhere else.
import { SENT, actKept, flushActs, keepAct, knowRefused, removeAct } from "./acts_outbox.js";
import { moment, newsLine } from "./crew_box.js";
import { crewPhotos } from "./crew_photos.js";
import { say } from "./map/words.js";
import { HELP } from "./outbox.js";

const PATIENCE_MS = 20_000; // with a bad network it goes on behind, and the page says that it waits

const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const line = (text) => Object.assign(document.createElement("li"), { textContent: text });

function fill(control, value) {
  if (control.type === "radio") control.checked = control.value === value;
  else if (control.type === "checkbox") control.checked = Boolean(value);
  else control.value = value ?? "";
}

/** `about`: {act, by, reference, title}, the act but for what is typed; `fields`: what of the form goes along; `small(file)`:
 * a photo made ready; `wrong()`: why it need not be sent; `ready(fields)`: called before it is kept; `chosen()`: a photo was; `begun()`: the form is empty again;
 * `sent(row)`, `redraw()`. */
export function actForm(form, { about, words, fields, small, sent, redraw, wrong = () => [], ready = () => undefined, chosen = () => undefined, begun = () => undefined }) {
  const photos = crewPhotos(form, { remove: (num) => say(words.remove, { num }), chosen });
  const fold = form.closest("details");
  const earlier = form.querySelector("[data-earlier]");
  let replaced = [];
  let sending = false;
  form.elements.client_id.value = crypto.randomUUID(); // the server's own is the same each time that the kept page is opened

  function wheel(on) {
    const text = form.querySelector("[data-send-text]");
    text.dataset.idle ??= text.textContent;
    form.querySelector("[data-send]").disabled = on;
    text.textContent = on ? words.sending : text.dataset.idle;
    sending = on;
  }
  function refuse({ reasons = [], news = [], now }) {
    const box = form.querySelector("[data-refused]");
    box.querySelector("[data-refused-list]").replaceChildren(...reasons.map(line));
    box.querySelector("[data-news-list]").replaceChildren(...news.map(newsLine));
    box.hidden = false;
    if (now?.version) form.elements.version.value = String(Math.max(now.version, Number(form.elements.version.value)));
    if (now?.seen) form.elements.seen.value = String(now.seen);
    if (fold) fold.open = true;
    box.focus();
  }
  /** Empty, for the next act. */
  function begin() {
    form.reset();
    for (const each of Object.values(photos)) each.clear();
    form.elements.client_id.value = crypto.randomUUID();
    form.querySelector("[data-refused]").hidden = true;
    begun();
  }
  async function packed() {
    const data = new FormData(form);
    const typed = Object.fromEntries(fields.map((name) => [name, data.get(name)]).filter(([, value]) => value));
    await ready(typed);
    const files = (name) => Promise.all((photos[name]?.files() ?? []).map(small));
    const [now, before] = [await files("photos"), await files("before")];
    return { ...about(), client_id: form.elements.client_id.value, url: form.action, fields: typed, photos: now, before };
  }
  async function send() {
    const reasons = wrong();
    if (reasons.length) return refuse({ reasons });
    const row = await packed();
    if (!await keepAct(row)) {
      form.elements.client_id.value = crypto.randomUUID();
      return refuse({ reasons: [words.sentElsewhere] });
    }
    if (earlier?.querySelector("input").checked) for (const id of replaced) await removeAct(id);
    await Promise.race([flushActs(row.by).catch(() => undefined), wait(PATIENCE_MS)]); // no network: it waits
    const now = await actKept(row.client_id);
    if (now?.state === SENT) {
      begin(); // a page brought back by "Back" must not send the next one under this id
      return sent(now);
    }
    if (now?.state === HELP) {
      await knowRefused(now);
      await redraw();
      return refuse(now);
    }
    begin();
    if (fold) fold.open = false;
    await redraw();
    return document.querySelector("[data-acts-box]").scrollIntoView({ block: "start" });
  }
  /** The form itself, with the photos back in their inputs. */
  function sendPlain() {
    for (const [name, each] of Object.entries(photos)) {
      const held = new DataTransfer();
      for (const file of each.files()) held.items.add(file);
      form.querySelector(`input[type=file][name=${name}]`).files = held.files;
    }
    form.submit();
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (sending) return;
    wheel(true);
    try {
      await send();
    } catch {
      sendPlain(); // a browser that keeps nothing
    } finally {
      wheel(false);
    }
  });
  return {
    begin,
    refuse,
    busy: () => sending,
    has: (clientId) => form.elements.client_id.value === clientId,
    /** Open what was kept, with all that was typed and its photos. */
    open(row) {
      begin();
      for (const control of form.elements) if (fields.includes(control.name)) fill(control, row.fields[control.name]);
      for (const [name, each] of Object.entries(photos)) each.add(row[name] ?? []);
      form.elements.client_id.value = row.client_id;
    },
    /** Offer to put what is typed here in the place of what was refused before. */
    offer(rows) {
      const like = rows.filter((row) => row.state === HELP && row.act === about().act && row.client_id !== form.elements.client_id.value);
      replaced = like.map(({ client_id }) => client_id);
      if (!earlier) return;
      earlier.hidden = !like.length;
      earlier.querySelector("[data-earlier-text]").textContent = say(words.replaces, { when: like.map(({ kept_at }) => moment(kept_at)).join(", ") });
    },
  };
}
