// Where it is: the device's own place, a place that was searched for, or the map, which comes when it is needed.
// The inputs `lat` and `lon` hold the truth; the map follows them (map/pick.js) and may fail to come.
import { addScripts, addStyles } from "./load.js";
import { nearStreet } from "./report_street.js";

const ROUGH_M = 100;
const PATIENCE_MS = 15000;
const WIDE = matchMedia("(min-width: 960px)");

const readable = (text, most) => text.trim() !== "" && Math.abs(Number(text.trim().replace(",", "."))) <= most;

/** `words` of the page, `say(text, values)`. Gives {put, has, typed, street}; loads the map for the step "where". */
export function place(form, words, say) {
  const page = form.closest("main");
  const said = page.querySelector("[data-place-said]");
  const here = page.querySelector("[data-here]");
  const { lat, lon } = form.elements;
  let loading = null;

  function load() {
    const { css, js, url } = JSON.parse(form.dataset.map);
    addStyles(css, document.querySelector("[data-map-css]"));
    return addScripts(js).then(() => import(url));
  }
  const needMap = () => {
    loading ??= load().catch(() => {
      loading = null;
      said.textContent = words.mapFailed;
    });
    return loading;
  };
  function put(place, text) {
    lat.value = place.lat.toFixed(6);
    lon.value = place.lon.toFixed(6);
    lat.dispatchEvent(new Event("change", { bubbles: true }));
    if (text) said.textContent = text;
  }
  said.textContent ||= words.touchMap;
  const numbers = form.querySelector("[data-numbers]"); // open where they are the only way: without script
  numbers.open = numbers.dataset.numbers === "wrong";
  here.hidden = !navigator.geolocation;
  here.addEventListener("click", () => {
    said.textContent = words.asking;
    here.disabled = true;
    const end = (text) => {
      here.disabled = false;
      said.textContent = text;
    };
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const num = Math.max(5, Math.round(coords.accuracy));
        put({ lat: coords.latitude, lon: coords.longitude });
        end(say(num > ROUGH_M ? words.rough : words.near, { num }));
      },
      ({ code }) => end(code === 1 ? words.refused : words.unknown),
      { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: 30000 },
    );
  });
  page.addEventListener("place:chosen", ({ detail }) => put({ lat: Number(detail.lat), lon: Number(detail.lon) }, detail.name));
  form.addEventListener("step:shown", ({ detail }) => detail.step === "where" && needMap());
  if (WIDE.matches) addEventListener("load", () => setTimeout(needMap));
  else form.addEventListener("change", ({ target }) => target.name === "hazard_type" && needMap()); // read ahead, not at once
  const has = () => [lat, lon].every(({ value }, at) => readable(value, at ? 180 : 90));
  const street = nearStreet(form, () => (has() ? { lat: lat.value, lon: lon.value } : null));
  return { put, needMap, has, street, typed: () => Boolean(lat.value.trim() || lon.value.trim()) };
}
