// Where it is: the device's own place, a place that was searched for, or the map, which comes when it is needed.
// The inputs `lat` and `lon` hold the truth; the map follows them (map/pick.js) and may fail to come.
import { addScripts, addStyles } from "./load.js";

const ROUGH_M = 100;
const PATIENCE_MS = 15000;
const WIDE = matchMedia("(min-width: 960px)");

/** `words` of the page, `say(text, values)`. Gives {put, has}; loads the map for the step "where". */
export function place(form, words, say) {
  const said = form.querySelector("[data-place-said]");
  const here = form.querySelector("[data-here]");
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
  form.closest("main").addEventListener("place:chosen", ({ detail }) => put({ lat: Number(detail.lat), lon: Number(detail.lon) }, detail.name));
  form.addEventListener("step:shown", ({ detail }) => detail.step === "where" && needMap());
  if (WIDE.matches) addEventListener("load", () => setTimeout(needMap));
  else addEventListener("load", () => setTimeout(needMap, 2500)); // near enough: read ahead while the kind is chosen
  return { put, needMap, has: () => Boolean(lat.value.trim() && lon.value.trim()) };
}
