// The list beside the map: the same hazards in words. It replaces the one the server wrote for pages without script.
import { filled } from "./rows.js";
import { inDigits, say } from "./words.js";

function halo(latlng) {
  return L.circleMarker(latlng, { radius: 26, className: "map-halo", interactive: false });
}

/** list(map, words).show(items, total); a row under the pointer or the focus is lit on the map. */
export function listBeside(map, words) {
  const list = document.querySelector("[data-in-view]");
  const total = document.querySelector("[data-total]");
  const empty = document.querySelector("[data-empty]");
  let places = new Map();
  let lit = null;

  function light(event) {
    const latlng = places.get(event.target.closest?.("[data-ref]")?.dataset.ref);
    lit?.remove();
    lit = latlng ? halo(latlng).addTo(map) : null;
  }
  for (const kind of ["pointerover", "focusin", "pointerleave", "focusout"]) list.addEventListener(kind, light);

  return {
    show(items, number) {
      places = new Map(items.map((item) => [item.ref, L.latLng(item.lat, item.lon)]));
      lit?.remove();
      list.replaceChildren(...items.map((item) => filled("hazard-row", item)));
      const sentence = say(words.inView, { num: inDigits(number) });
      if (total.textContent !== sentence) total.textContent = sentence;
      empty.hidden = number > 0;
    },
    /** Mark the row of a hazard whose marker is under the pointer or has the focus. */
    mark(ref) {
      for (const row of list.children) row.classList.toggle("is-lit", row.dataset.ref === ref);
    },
  };
}
