// The map beside the inbox: the rows of its filter as marks and circles, the row under the pointer lit on the map.
import { openGroup } from "./browse.js";
import { notice, wrapper } from "./frame.js";
import { useSprite } from "./icons.js";
import { groupsOf, markerLayer } from "./markers.js";
import { popups } from "./popup.js";
import { inDigits, say } from "./words.js";

const halo = (latlng) => L.circleMarker(latlng, { radius: 26, className: "map-halo", interactive: false });
const placeOf = ({ geometry: { coordinates: [lon, lat] } }) => L.latLng(lat, lon);

/** The wrapper's data-url: GeoJSON features and `more`, whether there are others that were left out. */
export function inbox(map, { words }) {
  const box = wrapper(map);
  useSprite(box.dataset.sprite);
  const openPopup = popups(map, words);
  const layer = markerLayer(map, words, (marker) => openGroup(map, openPopup, marker));
  let answer = { features: [], more: false };
  let stale = new AbortController();
  let fitted = false;
  let lit = null;

  /** All of them, or, where those are too many, the ones of what is looked at. */
  function address() {
    if (!fitted || !answer.more) return box.dataset.url;
    const edges = map.getBounds().toBBoxString();
    return `${box.dataset.url}${box.dataset.url.includes("?") ? "&" : "?"}in=${edges}`;
  }
  async function load() {
    stale.abort();
    stale = new AbortController();
    try {
      const got = await fetch(address(), { signal: stale.signal, headers: { Accept: "application/json" } });
      if (!got.ok) throw new Error(`points: ${got.status}`);
      answer = await got.json();
      show();
    } catch (error) {
      if (error.name !== "AbortError") notice(map, "hazards", words.failed);
    }
  }
  function show() {
    notice(map, "hazards", answer.more ? say(words.more, { num: inDigits(answer.features.length) }) : "");
    if (!fitted && answer.features.length) {
      fitted = true;
      map.fitBounds(L.latLngBounds(answer.features.map(placeOf)), { padding: [40, 40], maxZoom: 16, animate: false });
    }
    layer.draw(groupsOf(map, answer.features));
  }
  function light({ target }) {
    const ref = target.closest?.("#inbox-rows [data-ref]")?.dataset.ref;
    const feature = ref && answer.features.find(({ properties }) => properties.ref === ref);
    lit?.remove();
    lit = feature ? halo(placeOf(feature)).addTo(map) : null;
  }
  for (const kind of ["pointerover", "focusin"]) document.addEventListener(kind, light);
  map.on("moveend", () => (answer.more && fitted ? load() : layer.draw(groupsOf(map, answer.features))));
  document.addEventListener("inbox:renewed", load);
  // On a phone the list hides the map: it asks for nothing until it is seen.
  new IntersectionObserver((seen, watch) => {
    if (!seen.some(({ isIntersecting }) => isIntersecting)) return;
    watch.disconnect();
    load();
  }).observe(map.getContainer());
}
