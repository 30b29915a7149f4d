// The ground under the pins: tiles where there are any, else our own outlines of the areas with their names.
// Pins and forms never wait for either.
import { notice } from "./frame.js";
import { namePlace } from "./names.js";

const ERRORS_BEFORE_FALLBACK = 3;
const PATIENCE_MS = 4000;
const [APART_X, APART_Y] = [140, 20]; // px between the beginnings of two names

/** A non-interactive name; text goes in as text. */
function nameMarker(text) {
  const label = document.createElement("span");
  label.textContent = text;
  const icon = L.divIcon({ className: "map-area-name", html: label, iconSize: [0, 0] });
  return L.marker([0, 0], { icon, interactive: false, keyboard: false, pane: "tilePane" });
}

const sizeOf = (shape) => {
  const bounds = shape.getBounds();
  return (bounds.getNorth() - bounds.getSouth()) * (bounds.getEast() - bounds.getWest());
};

/** `names`: the smallest area first; a name that would stand on one of them is left out: close by, both fill the view. */
function placeNames(group, names) {
  const taken = [];
  for (const [shape, name] of names) {
    const place = group._map && namePlace(group._map, shape);
    const at = place && group._map.latLngToContainerPoint(place);
    if (at && !taken.some(({ x, y }) => Math.abs(x - at.x) < APART_X && Math.abs(y - at.y) < APART_Y)) {
      taken.push(at);
      name.setLatLng(place).addTo(group);
    } else group.removeLayer(name);
  }
}

/** Whose data the outlines are, as text, in the map's own line of credits. */
function credit(map, whose) {
  if (!whose) return;
  const line = document.createElement("span");
  line.textContent = whose;
  map.attributionControl?.addAttribution(line.outerHTML);
}

async function drawOutlines(group, map, url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`outlines: ${answer.status}`);
  const data = await answer.json();
  credit(map, data.credit);
  const shapes = L.geoJSON(data, { interactive: false, pane: "tilePane", style: { className: "map-area" } });
  const smallFirst = shapes.getLayers().sort((one, other) => sizeOf(one) - sizeOf(other));
  const names = smallFirst.map((shape) => [shape, nameMarker(shape.feature.properties.name)]);
  const place = () => placeNames(group, names);
  group.addLayer(shapes);
  map.fire("ground");
  map.on("moveend", place);
  group.once("remove", () => map.off("moveend", place));
  place();
}

/** A layer of area outlines with labels, fetched when it is put on a map. */
export function outlines(url) {
  const group = L.layerGroup();
  group.once("add", ({ target }) => drawOutlines(group, target._map, url).catch((error) => console.warn(error)));
  return group;
}

/** Raster tiles that give way to the outlines when three fail and none came, or none came in four seconds. */
export function tiles(address, options, { outlinesUrl, words }) {
  const layer = L.tileLayer(address, options);
  let loaded = false;
  let errors = 0;
  let fallback = null;

  const giveWay = () => {
    if (loaded || fallback || !layer._map) return;
    fallback = outlines(outlinesUrl).addTo(layer._map);
    notice(layer._map, "ground", words.failed);
  };
  const recover = () => {
    loaded = true;
    if (!fallback) return;
    notice(layer._map, "ground");
    fallback.remove();
    fallback = null;
  };
  layer.on("tileload", recover);
  layer.on("tileerror", () => ++errors >= ERRORS_BEFORE_FALLBACK && giveWay());
  layer.once("add", () => setTimeout(giveWay, PATIENCE_MS));
  return layer;
}
