// One hazard on a small map: its mark at its place, and its line or area where it has one.
import { wrapper } from "./frame.js";
import { hazardIcon, useSprite } from "./icons.js";

/** Data of the wrapper: lat, lon, group, state, label, shape (GeoJSON geometry, optional). */
export function pinned(map) {
  const { lat, lon, group, state, label, shape, sprite } = wrapper(map).dataset;
  useSprite(sprite);
  if (shape) L.geoJSON(JSON.parse(shape), { interactive: false, style: { className: "map-shape" } }).addTo(map);
  const marker = L.marker([Number(lat), Number(lon)], { icon: hazardIcon({ group, state }), interactive: false, keyboard: false });
  marker.addTo(map).getElement().setAttribute("role", "img");
  marker.getElement().setAttribute("aria-label", label);
}
