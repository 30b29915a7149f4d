// A line or an area, for kinds that have one: chosen from what is known near the pin, or drawn. A pin is always enough.
// The input `geometry` holds the truth, as `lat` and `lon` do: what a draft puts there is drawn when the map comes.
import { addScripts, addStyles } from "./load.js";

const DRAWS = { line: "Line", area: "Polygon" };
const SHAPE = { className: "map-shape" };
const LOOK = { pathOptions: SHAPE, templineStyle: SHAPE, hintlineStyle: { className: "map-shape map-shape-next" } };

/** Whether [lat, lon] lies in the bounds of a GeoJSON geometry, or within half their size beside them. */
function isNear({ coordinates }, place) {
  const flat = coordinates.flat(Infinity);
  return place.every((number, at) => {
    const along = flat.filter((_, index) => index % 2 !== at); // GeoJSON says the longitude first
    const [least, most] = [Math.min(...along), Math.max(...along)];
    const spare = (most - least) / 2;
    return number >= least - spare && number <= most + spare;
  });
}

export function shapes(form, words, pin) {
  const box = form.querySelector("[data-shape-box]");
  const part = (name) => box.querySelector(`[data-shape-${name}]`);
  const said = part("said");
  const kind = () => form.querySelector("[name=hazard_type]:checked");
  let drawn = null;
  let map = null;

  const draws = () => DRAWS[kind()?.dataset.shape];
  const drawing = () => Boolean(map?.pm?.globalDrawModeEnabled());
  const showMap = () => form.querySelector(".report-map").scrollIntoView({ block: "start" });
  /** While somebody draws, the map stands in view with what ends it, and nothing else of this box. */
  function show(busy) {
    form.classList.toggle("is-drawing", busy);
    part("done").hidden = !busy;
    if (busy) showMap();
  }
  const { geometry } = form.elements;
  function write(text) {
    if (geometry.value === text) return;
    geometry.value = text;
    geometry.dispatchEvent(new CustomEvent("report:changed", { bubbles: true }));
  }
  function drop() {
    drawn?.remove();
    drawn = null;
    map?.pm?.disableDraw();
    write("");
    said.textContent = "";
    part("choices").replaceChildren();
    part("drop").hidden = true;
    show(false);
  }
  /** Whether the pin is where the drawing is: what was drawn must not send the report to another place than the pin. */
  function isAtPin() {
    const { lat, lon } = form.elements;
    return pin.has() && isNear(JSON.parse(geometry.value), [lat.value, lon.value].map((text) => Number(text.replace(",", "."))));
  }
  function take(layer, text) {
    drawn?.remove();
    drawn = layer;
    write(JSON.stringify(layer.toGeoJSON().geometry ?? layer.toGeoJSON().features[0].geometry));
    said.textContent = text;
    if (!isAtPin()) pin.put(layer.getBounds().getCenter());
    part("drop").hidden = false;
    show(false);
  }
  const onMap = (feature) => L.geoJSON(feature, { interactive: false, style: SHAPE }).addTo(map);
  /** What was kept of an earlier time: it stands on the map as soon as there is one. */
  function showKept() {
    if (!geometry.value || drawn) return;
    said.textContent = words.drawn;
    part("drop").hidden = false;
    if (map) drawn = onMap(JSON.parse(geometry.value));
  }
  /** With too few corners there is nothing yet: it is said so, or given up where the person went on. */
  function finish({ orDrop = false } = {}) {
    map.pm.Draw[draws()]._finishShape();
    if (!drawing()) return;
    if (orDrop) drop();
    else said.textContent = words.drawMore;
  }
  /** Geoman's handles are buttons without a name. */
  function nameBend(layer) {
    layer.getElement()?.setAttribute("aria-label", words.bend);
  }
  async function draw() {
    await pin.needMap();
    const { css, js } = JSON.parse(form.dataset.draw);
    if (!map.pm && !navigator.onLine && !(await globalThis.caches?.match(js))) return void (said.textContent = words.drawOnline);
    if (!map.pm) {
      addStyles([css], document.querySelector("[data-map-css]"));
      await addScripts([js]);
      L.PM.reInitLayer(map);
      map.on("pm:create", ({ layer }) => take(layer, words.drawn));
      map.on("layeradd", ({ layer }) => layer.options.icon?.options.className?.includes("marker-icon") && nameBend(layer));
    }
    drop();
    map.pm.enableDraw(draws(), { tooltips: false, snappable: false, cursorMarker: false, finishOn: null, ...LOOK });
    said.textContent = words.drawing;
    part("drop").hidden = false;
    map.getContainer().focus({ preventScroll: true });
    show(true);
  }
  /** A name, or the kind with a number where there are several without one. */
  function named(feature, at, features) {
    const { name, kind: sort } = feature.properties;
    const alike = features.filter(({ properties }) => !properties.name && properties.kind === sort);
    return name || [words.shapeKinds[sort] ?? sort, alike.length > 1 ? alike.indexOf(feature) + 1 : ""].join(" ").trim();
  }
  function option(feature, at, features) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-quiet button-wide";
    button.textContent = named(feature, at, features);
    button.addEventListener("click", async () => {
      await pin.needMap();
      take(onMap(feature), button.textContent);
      part("choices").replaceChildren();
      showMap();
    });
    item.append(button);
    return item;
  }
  async function choose() {
    drop();
    if (!navigator.onLine) return void (said.textContent = words.shapesFailed);
    const { lat, lon } = form.elements;
    const about = new URLSearchParams({ type: kind().value, lat: lat.value, lon: lon.value });
    const answer = await fetch(`${form.dataset.shapes}?${about}`, { credentials: "omit" }).catch(() => null);
    if (!answer?.ok) return void (said.textContent = pin.has() ? words.shapesFailed : words.putPin);
    const { features } = await answer.json();
    part("choices").replaceChildren(...features.map(option));
    said.textContent = features.length ? "" : words.shapesNone;
  }
  part("draw").addEventListener("click", () => draw().catch(() => (said.textContent = words.mapFailed)));
  part("list").addEventListener("click", choose);
  part("drop").addEventListener("click", drop);
  part("done").addEventListener("click", () => finish());
  form.addEventListener("step:shown", ({ detail }) => detail.step !== "where" && drawing() && finish({ orDrop: true }));
  document.addEventListener("map:ready", ({ detail }) => {
    map = detail.map;
    showKept();
  });
  geometry.addEventListener("change", showKept);
  const pinMoved = () => geometry.value && !isAtPin() && drop();
  form.addEventListener("pin:moved", pinMoved);
  form.addEventListener("change", ({ target }) => {
    if (["lat", "lon"].includes(target.name)) pinMoved();
    if (target.name !== "hazard_type") return;
    drop();
    box.hidden = !draws();
  });
  box.hidden = !draws();
}
