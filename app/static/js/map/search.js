// The search box over the map: it asks near where the map is, and a chosen place is flown to.

/** Serve all search boxes of the page. */
export function flyToPlaces(map) {
  const keepNear = () => {
    const { lat, lng } = map.getCenter().wrap();
    for (const form of document.querySelectorAll("form[data-search]")) {
      form.dataset.lat = lat.toFixed(2); // rounded, so that answers can be shared
      form.dataset.lon = lng.toFixed(2);
    }
  };
  map.on("moveend", keepNear);
  keepNear();
  document.addEventListener("place:chosen", ({ detail }) => map.setView([detail.lat, detail.lon], detail.zoom));
}
