// The public map: hazards of the viewport as circles and marks, the list beside it, filters, and the place in the address.
import { asker, viewportPath } from "./features.js";
import { filters } from "./filters.js";
import { notice, wrapper } from "./frame.js";
import { useSprite } from "./icons.js";
import { listBeside } from "./list.js";
import { groupsOf, markerLayer } from "./markers.js";
import { keepPlace } from "./place.js";
import { popups } from "./popup.js";
import { flyToPlaces } from "./search.js";

const itemOf = ({ properties, latlng }) => ({ ...properties, lat: latlng.lat, lon: latlng.lng });

/** Zoom into a circle; where zooming cannot part its hazards, name them instead. */
export function openGroup(map, openPopup, marker) {
  const { members, n, seed } = marker.options.group;
  const bounds = L.latLngBounds(members.map((member) => member.latlng));
  const known = members.every((member) => member.properties.n === 1);
  const inseparable = known && (map.getZoom() >= map.getMaxZoom() || bounds.getNorthEast().equals(bounds.getSouthWest()));
  if (n === 1 || inseparable) openPopup(marker, members.map(itemOf));
  else if (known) map.fitBounds(bounds, { padding: [60, 60], maxZoom: map.getMaxZoom() });
  else map.setView(seed.latlng, Math.min(map.getMaxZoom(), map.getZoom() + 2));
}

/** `config`: {url, words}. */
export function browse(map, { url, words }) {
  useSprite(wrapper(map).dataset.sprite);
  const openPopup = popups(map, words);
  const layer = markerLayer(map, words, (marker) => openGroup(map, openPopup, marker));
  const list = listBeside(map, words);
  const ask = asker(url);
  const write = keepPlace(map);
  const chosen = filters((search) => {
    write(search);
    map.closePopup();
    load();
  });
  let answer = { features: [], items: [] };

  function showList() {
    const bounds = map.getBounds();
    const seen = ([lon, lat]) => bounds.contains([lat, lon]);
    const number = answer.features.reduce((sum, f) => sum + (seen(f.geometry.coordinates) ? f.properties.n : 0), 0);
    list.show(answer.items.filter(({ lon, lat }) => seen([lon, lat])), number);
  }
  async function load() {
    try {
      const fresh = await ask(viewportPath(map), chosen.query());
      notice(map, "hazards");
      if (fresh) {
        answer = fresh;
        layer.draw(groupsOf(map, answer.features));
        watch();
      }
      showList();
    } catch (error) {
      console.warn(error);
      notice(map, "hazards", words.failed);
    }
  }
  function watch() {
    layer.each((marker) => {
      marker.off("mouseover mouseout");
      marker.on("mouseover", () => list.mark(marker.options.group.seed.properties.ref));
      marker.on("mouseout", () => list.mark(null));
    });
  }
  flyToPlaces(map);
  map.on("moveend", () => load());
  load();
}
