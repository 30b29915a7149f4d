// "Is it this one?": open hazards near the pin, asked for before sending. A slow or absent network asks nothing.
import { hazardMark, useSprite } from "./map/marks.js";

const PATIENCE_MS = 2000;

/** The hazards near the pin of `form`, or none. */
export async function nearby(form) {
  const data = new FormData(form);
  const about = new URLSearchParams({ type: data.get("hazard_type"), lat: data.get("lat"), lon: data.get("lon") });
  try {
    const answer = await fetch(`${form.dataset.near}?${about}`, { credentials: "omit", signal: AbortSignal.timeout(PATIENCE_MS) });
    return answer.ok ? (await answer.json()).items : [];
  } catch {
    return [];
  }
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
