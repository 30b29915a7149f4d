// Names of areas on our own ground. Each stands inside the part of its area that is in view, so that somebody looking
// at one street still reads which district it is; a name whose area is too small for it is left out.

const GRID = 9;
const MIN_WIDTH = 72; // px an area must be wide for its name

/** All rings of a polygon or multipolygon; with the even-odd rule holes need no care. */
const ringsOf = (latlngs) => (latlngs[0] instanceof L.LatLng ? [latlngs] : latlngs.flatMap(ringsOf));

function crosses(a, b, point) {
  return a.lat > point.lat !== b.lat > point.lat
    && point.lng < ((b.lng - a.lng) * (point.lat - a.lat)) / (b.lat - a.lat) + a.lng;
}

function holds(rings, point) {
  let inside = false;
  for (const ring of rings) {
    ring.forEach((corner, i) => { if (crosses(corner, ring.at(i - 1), point)) inside = !inside; });
  }
  return inside;
}

/** GRID × GRID points over the overlap of two bounds. */
function gridOver(one, other) {
  const [south, north] = [Math.max(one.getSouth(), other.getSouth()), Math.min(one.getNorth(), other.getNorth())];
  const [west, east] = [Math.max(one.getWest(), other.getWest()), Math.min(one.getEast(), other.getEast())];
  const at = (from, to, step) => from + ((to - from) * (step + 0.5)) / GRID;
  return Array.from({ length: GRID ** 2 }, (_, i) =>
    L.latLng(at(south, north, Math.floor(i / GRID)), at(west, east, i % GRID)));
}

/** A point well inside what is seen of a shape, or null. */
export function namePlace(map, shape) {
  const bounds = shape.getBounds();
  const seen = map.getBounds().pad(-0.08);
  const width = map.project(bounds.getNorthEast()).x - map.project(bounds.getSouthWest()).x;
  if (!seen.intersects(bounds) || width < MIN_WIDTH) return null;
  const inner = gridOver(bounds, seen).filter((point) => holds(ringsOf(shape.getLatLngs()), point));
  if (!inner.length) return null;
  const middle = (axis) => inner.reduce((sum, point) => sum + point[axis], 0) / inner.length;
  const [lat, lng] = [middle("lat"), middle("lng")];
  const far = (point) => Math.hypot(point.lat - lat, point.lng - lng);
  return inner.reduce((best, point) => (far(point) < far(best) ? point : best));
}
