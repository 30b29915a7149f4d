// The place in the address, `#map=13/43.2400/76.9150`, so that a link shows what its sender saw.
// Links to other languages and to the report page carry the place along.

import { LAST_VIEW } from "../device.js";

const FRAGMENT = /^#map=(\d{1,2})\/(-?\d{1,2}(?:\.\d+)?)\/(-?\d{1,3}(?:\.\d+)?)$/;

/** {zoom, lat, lon} from the address, or null where it holds none that makes sense. */
export function fragmentView(hash = window.location.hash) {
  const found = FRAGMENT.exec(hash);
  if (!found) return null;
  const [zoom, lat, lon] = found.slice(1).map(Number);
  return Math.abs(lat) <= 85 && Math.abs(lon) <= 180 ? { zoom, lat, lon } : null;
}

/** What the map showed last on this device: without a network its hazards are the ones that were kept. */
export function lastView() {
  try {
    return navigator.onLine ? null : fragmentView(localStorage.getItem(LAST_VIEW) ?? "");
  } catch {
    return null; // a browser that keeps nothing
  }
}

function rememberView(view) {
  try {
    localStorage.setItem(LAST_VIEW, view);
  } catch {
    // a browser that keeps nothing
  }
}

function fragment(map) {
  const { lat, lng } = map.getCenter();
  return `#map=${map.getZoom()}/${lat.toFixed(4)}/${lng.toFixed(4)}`;
}

function refreshLinks(map) {
  const { lat, lng } = map.getCenter();
  for (const link of document.querySelectorAll("a[hreflang]")) {
    link.search = window.location.search;
    link.hash = window.location.hash;
  }
  for (const link of document.querySelectorAll("a[data-report-link]")) {
    link.search = new URLSearchParams({ lat: lat.toFixed(5), lon: lng.toFixed(5), z: map.getZoom() });
  }
}

/** Keep the address and the links in step with the map; returns how to say that the filters changed. */
export function keepPlace(map) {
  const write = (search = window.location.search) => {
    window.history.replaceState(null, "", `${window.location.pathname}${search}${fragment(map)}`);
    refreshLinks(map);
  };
  map.on("moveend", () => {
    write();
    rememberView(fragment(map));
  });
  window.addEventListener("hashchange", () => {
    const view = fragmentView();
    if (view) map.setView([view.lat, view.lon], view.zoom);
  });
  refreshLinks(map);
  if (navigator.onLine) rememberView(fragment(map));
  return write;
}
