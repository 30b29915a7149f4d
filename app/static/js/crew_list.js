// The list of jobs: how far each is, which is nearest, a route from here, and what this device keeps of them. Where the
// device is stays here; only "Route" sends it, once.
import { actsBox } from "./crew_box.js";
import { freshPage } from "./crew_fresh.js";
import { keepJobs, keepPage } from "./crew_keep.js";
import { say } from "./map/words.js";

const box = document.querySelector("[data-crew]");
const words = JSON.parse(box.dataset.words);
const list = box.querySelector("[data-jobs]");
const find = (name) => box.querySelector(`[data-${name}]`);
const LOOK = { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 };
const METRES = 111_320; // of a degree of latitude; near enough to say which job is nearer
const cards = list ? [...list.children] : [];

const here = () => new Promise((found, failed) => navigator.geolocation.getCurrentPosition(found, failed, LOOK));

function metresTo(card, { latitude, longitude }) {
  const north = (Number(card.dataset.lat) - latitude) * METRES;
  const east = (Number(card.dataset.lon) - longitude) * METRES * Math.cos((latitude * Math.PI) / 180);
  return Math.hypot(north, east);
}

const inWords = (metres) => (metres < 950
  ? say(words.metres, { num: Math.max(10, Math.round(metres / 10) * 10) })
  : say(words.kilometres, { num: (metres / 1000).toLocaleString(document.documentElement.lang === "en" ? "en-GB" : "ru", { maximumFractionDigits: 1 }) }));

function showFar(coords) {
  for (const card of cards) {
    const far = card.querySelector("[data-far]");
    card.metres = metresTo(card, coords);
    far.textContent = inWords(card.metres);
    far.hidden = false;
  }
}

async function nearFirst() {
  const button = find("near");
  try {
    showFar((await here()).coords);
  } catch {
    find("place-said").textContent = words.noPlace;
    return;
  }
  find("place-said").textContent = "";
  list.replaceChildren(...cards.filter(({ isConnected }) => isConnected).toSorted((a, b) => a.metres - b.metres));
  button.setAttribute("aria-pressed", "true");
  box.querySelector("[data-by-danger]").removeAttribute("aria-current");
  box.querySelector("[data-route] button").removeAttribute("aria-pressed");
}

/** The place goes into the form where the device says it; else the route begins at the first job. */
function routeFromHere(form) {
  form.addEventListener("submit", async (event) => {
    if (form.elements.lat.value) return;
    event.preventDefault();
    const found = await here().catch(() => null);
    if (found) [form.elements.lat.value, form.elements.lon.value] = [found.coords.latitude.toFixed(6), found.coords.longitude.toFixed(6)];
    form.submit();
  });
}

/** How far each is, without asking: only where the device has been allowed before. */
async function farIfAllowed() {
  const allowed = await navigator.permissions?.query({ name: "geolocation" }).catch(() => null);
  if (allowed?.state === "granted") showFar((await here()).coords);
}

async function keep() {
  if (box.dataset.patrol) await keepPage({ by: box.dataset.by, path: box.dataset.patrol });
  const jobs = cards.filter(({ isConnected }) => isConnected).map((card) => ({ url: card.querySelector("a").href, stamp: card.dataset.stamp }));
  const too = [box.dataset.shell, ...JSON.parse(box.dataset.keepToo)];
  await keepJobs({ by: box.dataset.by, jobs, too });
  find("kept").textContent = say(words.kept, { when: new Date().toLocaleTimeString("ru", { timeStyle: "short" }) });
  find("kept").hidden = !jobs.length;
}

/** What waited has gone: each job as it stands now, in the order in which they are read; those that are done go. */
async function fresh() {
  const page = await freshPage(box.dataset.list);
  if (!page) return;
  const now = new Map([...page.querySelectorAll("[data-job]")].map((card) => [card.querySelector("a").pathname, card]));
  for (const card of cards) {
    const found = now.get(card.querySelector("a").pathname);
    if (!found) card.remove();
    else card.replaceChildren(...found.childNodes);
    if (found) card.dataset.stamp = found.dataset.stamp;
  }
  const [count, counted] = [box, page].map((part) => part.querySelector("[data-count]"));
  if (count) count.textContent = counted?.textContent ?? "";
  await farIfAllowed().catch(() => undefined);
  await keep();
}

actsBox({ by: box.dataset.by, words, sent: () => fresh().catch(() => undefined) });
if (cards.length && "geolocation" in navigator) {
  find("near").hidden = false;
  find("near").addEventListener("click", nearFirst);
  routeFromHere(find("route"));
  farIfAllowed().catch(() => undefined);
}
if ("serviceWorker" in navigator && navigator.onLine) keep().catch(() => undefined); // no network any more: as it was kept
