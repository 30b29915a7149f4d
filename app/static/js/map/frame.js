// The frame of every map: translated controls, calm movement, and the wrapper's data that varies by request.
import { fragmentView, lastView } from "./place.js";

const CALM = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

/** The element around a map; its data-* attributes say what differs from request to request. */
export function wrapper(map) {
  return map.getContainer().closest("[data-map]");
}

/** Where this page wants the map: the address first, then the wrapper, then the shell's own centre. */
function wantedView(map) {
  const { lat, lon, zoom } = wrapper(map).dataset;
  const given = lat && lon ? { lat: Number(lat), lon: Number(lon), zoom: Number(zoom) || map.getZoom() } : null;
  return ("fragment" in wrapper(map).dataset && (fragmentView() || lastView())) || given;
}

/** The first picture shows the opening view alone: it goes when the map opens elsewhere, moves, or draws the
 * same outlines with names. Tiles cover it. */
function leaveFirstPicture(map, elsewhere) {
  const picture = wrapper(map).querySelector("[data-ground]");
  if (!picture) return;
  if (elsewhere) return void picture.remove();
  map.once("movestart zoomstart resize ground", () => picture.remove());
}

/** Label the controls and go where the page wants the map. `words`: zoomIn, zoomOut. */
export function frame(map, words) {
  if (CALM) Object.assign(map.options, { zoomAnimation: false, fadeAnimation: false, inertia: false });
  map.attributionControl?.setPrefix(false);
  L.control.zoom({ position: "bottomright", zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map);
  const view = wantedView(map);
  leaveFirstPicture(map, view);
  if (view) map.setView([view.lat, view.lon], view.zoom, { animate: false });
  new ResizeObserver(() => map.invalidateSize({ pan: false })).observe(map.getContainer());
}

const notices = new WeakMap();

/** One sentence over the map, read aloud politely. Each `kind` has one; an empty text takes it away. */
export function notice(map, kind, text = "") {
  if (!notices.has(map)) notices.set(map, new Map());
  const texts = notices.get(map);
  texts.delete(kind);
  if (text) texts.set(kind, text);
  const line = wrapper(map).querySelector("[data-notice]");
  const latest = [...texts.values()].at(-1) ?? "";
  if (line.textContent !== latest) line.textContent = latest;
  line.hidden = !latest;
}
