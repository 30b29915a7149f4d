// Areas as shapes that open their page. The list beside the map says the same to whoever uses no pointer.
import { notice, wrapper } from "./frame.js";

/** The name as text: it comes from imports. */
function nameOf({ properties }) {
  const name = document.createElement("span");
  name.textContent = properties.name;
  return name;
}

function equip(feature, shape) {
  shape.bindTooltip(nameOf(feature), { sticky: true });
  if (feature.properties.url && !feature.properties.here) shape.on("click", () => location.assign(feature.properties.url));
}

/** Data of the wrapper: url, of GeoJSON features (shapes or points) with name, url and `here` (the page's own area). */
export async function areas(map, { failed }) {
  try {
    const answer = await fetch(wrapper(map).dataset.url);
    if (!answer.ok) throw new Error(`areas: ${answer.status}`);
    const style = ({ properties }) => ({ className: properties.here ? "map-shape" : "map-part" });
    const pointToLayer = (_, place) => L.circleMarker(place, { radius: 7, className: "map-part" });
    const shapes = L.geoJSON(await answer.json(), { style, pointToLayer, onEachFeature: equip }).addTo(map);
    if (shapes.getLayers().length) map.fitBounds(shapes.getBounds(), { padding: [20, 20], animate: false });
  } catch (error) {
    console.warn(error);
    notice(map, "areas", failed);
  }
}
