// Hazards of the viewport from the server. The address is snapped to tile indices, so that neighbours on the street
// ask for the same address and caches can answer; a newer question aborts the older one.

const TILE = 256;

/** "/map/13/5842/3001/5845/3004" for what the map shows now. */
export function viewportPath(map) {
  const zoom = map.getZoom();
  const last = 2 ** zoom - 1;
  const { min, max } = map.getPixelBounds();
  const index = (pixel) => Math.min(last, Math.max(0, Math.floor(pixel / TILE)));
  return [zoom, index(min.x), index(min.y), index(max.x), index(max.y)].join("/");
}

/** ask(path, query) -> the answer, or null when nothing new was asked or a newer question overtook this one. */
export function asker(root) {
  let latest = "";
  let stale = new AbortController();
  return async function ask(path, query) {
    const url = `${root}/${path}?${query}`;
    if (url === latest) return null;
    latest = url;
    stale.abort();
    stale = new AbortController();
    try {
      const answer = await fetch(url, { signal: stale.signal, headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
      return await answer.json();
    } catch (error) {
      if (error.name === "AbortError") return null;
      latest = "";
      throw error;
    }
  };
}
