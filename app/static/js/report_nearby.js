// "Is it this one?": what the server asks before it takes a report in. It reads the words first, so that words for the desk
// are held and nothing is asked. Without a network nothing is asked: the outbox sends the report as it is.
import { hazardMark, useSprite } from "./map/marks.js";

const KEPT_MS = 3_600_000; // the server keeps the photos of a question for longer

/** The question of this form: `with(body)` is what goes to the server, `put(answer, body)` remembers what it asked about.
 * The photos that came with the question are not uploaded a second time. */
export function asking() {
  let put = null;
  const sameAsPut = (photos) => photos.length === put.photos.length && photos.every((photo, at) => photo === put.photos[at]);
  return {
    with: (body) => {
      const known = put && performance.now() - put.at < KEPT_MS && sameAsPut(body.photos);
      return { ...body, ask: true, ...(known ? { photos: [], kept: put.kept } : {}) };
    },
    put: ({ kept }, { photos }) => {
      put = { kept, photos, at: performance.now() };
    },
  };
}

function card(form, item, words, say, join) {
  const made = form.querySelector("[data-near-card]").content.cloneNode(true);
  const part = (name) => made.querySelector(`[data-near-${name}]`);
  part("title").textContent = item.title;
  part("metres").textContent = say(words.metres, { num: item.distance_m });
  part("status").textContent = item.status_text;
  part("since").textContent = item.since;
  const picture = item.photo ? Object.assign(new Image(), { src: item.photo, alt: "" }) : hazardMark(item);
  part("picture").append(picture);
  part("join").setAttribute("aria-label", `${part("join").textContent}: ${item.title}, ${part("metres").textContent}`);
  part("join").addEventListener("click", () => join(item.ref));
  return made;
}

/** Fills the step "same"; `join(ref)` when it is one of them. */
export function showNearby(form, items, words, say, join) {
  useSprite(form.querySelector("[data-sprite]").dataset.sprite);
  form.querySelector("[data-near-items]").replaceChildren(...items.map((item) => card(form, item, words, say, join)));
}
