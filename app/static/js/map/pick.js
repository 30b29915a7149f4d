// The pin of a report: tap, drag, arrow keys, device location, the map's centre, or typed coordinates.
// The form's own inputs `lat` and `lon` hold the truth; without script they are all there is.
import { wrapper } from "./frame.js";
import { pinIcon, useSprite } from "./icons.js";
import { say } from "./words.js";

const STEP = 10; // px an arrow key moves the pin; with Shift, one
const CLOSE_ZOOM = 17;
const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const PAIR = /^\s*(-?\d{1,3}(?:[.,]\d+)?)\s*[,;\s]\s*(-?\d{1,3}(?:[.,]\d+)?)\s*$/;

const number = (text) => (text.trim() ? Number(text.trim().replace(",", ".")) : NaN);

/** The place in the two inputs, or null. A pair typed or pasted into the first is split over both. */
function typedPlace(lat, lon) {
  const pair = lat.value.includes(".") && PAIR.exec(lat.value);
  if (pair) [lat.value, lon.value] = [pair[1], pair[2]];
  const place = [number(lat.value), number(lon.value)];
  return place.every(Number.isFinite) && Math.abs(place[0]) <= 90 && Math.abs(place[1]) <= 180 ? L.latLng(place) : null;
}

function makePin(map, words, onMove) {
  const pin = L.marker(map.getCenter(), { icon: pinIcon(), draggable: true, autoPan: true });
  pin.on("dragend", () => onMove(pin.getLatLng()));
  pin.on("add", () => {
    const element = pin.getElement();
    element.setAttribute("aria-label", words.pin);
    element.addEventListener("keydown", (event) => {
      const arrow = ARROWS[event.key];
      if (!arrow) return;
      event.preventDefault();
      event.stopPropagation();
      const step = event.shiftKey ? 1 : STEP;
      onMove(map.unproject(map.project(pin.getLatLng()).add([arrow[0] * step, arrow[1] * step])));
    });
  });
  return pin;
}

/** `config`: {words: {pin, moved}}. */
export function pick(map, { words }) {
  const box = wrapper(map);
  useSprite(box.dataset.sprite);
  const form = box.closest("form");
  const lat = form.elements.namedItem("lat");
  const lon = form.elements.namedItem("lon");
  const said = box.querySelector("[data-pin-said]");
  const pin = makePin(map, words, (latlng) => put(latlng));

  function show(latlng) {
    pin.setLatLng(latlng).addTo(map);
    map.panInside(latlng, { padding: [48, 64] });
    box.classList.add("has-pin");
    said.textContent = say(words.moved, { lat: latlng.lat.toFixed(5), lon: latlng.lng.toFixed(5) });
  }
  function put(latlng) {
    const place = latlng.wrap();
    lat.value = place.lat.toFixed(6);
    lon.value = place.lng.toFixed(6);
    show(place);
    box.dispatchEvent(new CustomEvent("pin:moved", { bubbles: true, detail: { lat: place.lat, lon: place.lng } }));
  }
  function readTyped({ zoom = CLOSE_ZOOM } = {}) {
    const place = typedPlace(lat, lon);
    if (!place) return;
    map.setView(place, Math.max(map.getZoom(), zoom), { animate: false });
    show(place);
  }
  map.on("click", ({ latlng }) => map.pm?.globalDrawModeEnabled() || put(latlng));
  map.on("locationfound", ({ latlng }) => put(latlng));
  for (const input of [lat, lon]) input.addEventListener("change", () => readTyped());
  form.addEventListener("reset", () => {
    pin.remove();
    box.classList.remove("has-pin");
    said.textContent = "";
  });
  const centre = box.querySelector("[data-pin-centre]");
  centre.hidden = false;
  centre.addEventListener("click", () => {
    put(map.getCenter());
    pin.getElement().focus({ preventScroll: true });
  });
  readTyped({ zoom: map.getZoom() });
  document.dispatchEvent(new CustomEvent("map:ready", { detail: { map } }));
}
