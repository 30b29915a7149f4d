// One hazard on a small map: its mark at its place, and its line or area where it has one. Or two, to be compared.
import { wrapper } from "./frame.js";
import { hazardIcon, useSprite } from "./icons.js";

function put(map, { lat, lon, group, state, status, label, name }, side) {
  const marker = L.marker([Number(lat), Number(lon)], { icon: hazardIcon({ group, state, status }), interactive: false, keyboard: false });
  marker.addTo(map).getElement().setAttribute("role", "img");
  marker.getElement().setAttribute("aria-label", name ? `${name}: ${label}` : label);
  if (!name) return;
  const text = document.createElement("b");
  text.textContent = name;
  marker.bindTooltip(text, { permanent: true, direction: side, className: "map-name", offset: side === "left" ? [-14, 0] : [14, 0] });
}

/** Data of the wrapper: lat, lon, group, state, status, label, shape (GeoJSON geometry, optional); `other-…`: of a second one. */
export function pinned(map) {
  const { shape, sprite, ...one } = wrapper(map).dataset;
  useSprite(sprite);
  if (shape) L.geoJSON(JSON.parse(shape), { interactive: false, style: { className: "map-shape" } }).addTo(map);
  if (!one.otherLat) return put(map, one, "right");
  const { otherLat: lat, otherLon: lon, otherGroup: group, otherState: state, otherLabel: label, otherName: name } = one;
  const westFirst = Number(one.lon) <= Number(lon);
  put(map, one, westFirst ? "left" : "right");
  put(map, { lat, lon, group, state, label, name }, westFirst ? "right" : "left");
  map.fitBounds([[Number(one.lat), Number(one.lon)], [Number(lat), Number(lon)]], { padding: [70, 70], maxZoom: 19, animate: false });
}
