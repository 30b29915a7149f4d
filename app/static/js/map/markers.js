// Markers as real, focusable elements. They are compared by key and only the difference is drawn: Leaflet's popup pans
// the map, which asks the server again, and clearing the layer would close the popup and lose the focus.
import { clusterIcon, hazardIcon } from "./icons.js";
import { mergeNeighbours } from "./merge.js";
import { inDigits, say } from "./words.js";

const STREET_ZOOM = 17; // from here on people want to see each hazard
const REACH = { circles: 78, singles: 44, street: 18 }; // px between the middles of two marks; server cells are 64 px

const keyOf = ({ properties }) => (properties.n > 1 ? properties.key : `${properties.ref}/${properties.status}/${properties.state}`);

function toPoint(map, feature) {
  const [lon, lat] = feature.geometry.coordinates;
  const { x, y } = map.project([lat, lon]);
  return { x, y, latlng: L.latLng(lat, lon), key: keyOf(feature), properties: feature.properties };
}

/** How near two points may lie at this zoom before they become one circle. */
function reachAt(zoom) {
  if (zoom >= STREET_ZOOM) return () => REACH.street;
  return (one, other) => (one.properties.n + other.properties.n > 2 ? REACH.circles : REACH.singles);
}

/** GeoJSON features -> groups to draw at this zoom. */
export function groupsOf(map, features) {
  return mergeNeighbours(features.map((feature) => toPoint(map, feature)), reachAt(map.getZoom()));
}

const isSingle = (group) => group.members.length === 1 && group.n === 1;
const groupKey = (group) => `${group.seed.key}/${group.n}/${group.members.length}`;

function label(group, words) {
  if (!isSingle(group)) return say(words.cluster, { num: inDigits(group.n) });
  const { title, status_text: status, place } = group.seed.properties;
  return [title, status, place].filter(Boolean).join(", ");
}

function icon(group) {
  return isSingle(group) ? hazardIcon(group.seed.properties) : clusterIcon(group.n);
}

function makeMarker(group, words, onOpen) {
  const marker = L.marker(group.seed.latlng, { icon: icon(group), riseOnHover: true, group });
  const open = () => onOpen(marker);
  marker.on("click", open);
  marker.on("add", () => {
    const element = marker.getElement();
    element.setAttribute("aria-label", label(group, words));
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      open();
    });
  });
  return marker;
}

/** A layer that shows groups; draw(groups) adds and removes only what changed. */
export function markerLayer(map, words, onOpen) {
  const shown = new Map();
  const layer = L.layerGroup().addTo(map);

  function drop(key, marker) {
    const hadFocus = marker.getElement() === document.activeElement;
    layer.removeLayer(marker);
    shown.delete(key);
    if (hadFocus) map.getContainer().focus({ preventScroll: true });
  }
  return {
    draw(groups) {
      const wanted = new Map(groups.map((group) => [groupKey(group), group]));
      for (const [key, marker] of shown) if (!wanted.has(key)) drop(key, marker);
      for (const [key, group] of wanted) {
        if (shown.has(key)) shown.get(key).options.group = group;
        else shown.set(key, makeMarker(group, words, onOpen).addTo(layer));
      }
    },
    /** The marker that holds a hazard, alone or within a circle whose members are known. */
    holding: (ref) =>
      [...shown.values()].find(({ options }) => options.group.members.some((member) => member.properties.ref === ref)),
    each: (visit) => shown.forEach((marker) => visit(marker)),
  };
}
