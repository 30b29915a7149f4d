// The ground under the pins: tiles where there are any, else our own outlines of the areas with their names.
// Pins and forms never wait for either.
import { notice } from "./frame.js";

const ERRORS_BEFORE_FALLBACK = 3;
const PATIENCE_MS = 4000;

/** A non-interactive name; text goes in as text. */
function nameMarker(text, latlng) {
  const label = document.createElement("span");
  label.textContent = text;
  const icon = L.divIcon({ className: "map-area-name", html: label, iconSize: [0, 0] });
  return L.marker(latlng, { icon, interactive: false, keyboard: false, pane: "tilePane" });
}

async function drawOutlines(group, url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`outlines: ${answer.status}`);
  const shapes = L.geoJSON(await answer.json(), { interactive: false, pane: "tilePane", style: { className: "map-area" } });
  shapes.eachLayer((shape) => {
    group.addLayer(shape);
    group.addLayer(nameMarker(shape.feature.properties.name, shape.getBounds().getCenter()));
  });
}

/** A layer of area outlines with labels, fetched when it is put on a map. */
export function outlines(url) {
  const group = L.layerGroup();
  group.once("add", () => drawOutlines(group, url).catch((error) => console.warn(error)));
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
    notice(layer._map, words.failed);
  };
  const recover = () => {
    loaded = true;
    if (!fallback) return;
    notice(layer._map);
    fallback.remove();
    fallback = null;
  };
  layer.on("tileload", recover);
  layer.on("tileerror", () => ++errors >= ERRORS_BEFORE_FALLBACK && giveWay());
  layer.once("add", () => setTimeout(giveWay, PATIENCE_MS));
  return layer;
}
