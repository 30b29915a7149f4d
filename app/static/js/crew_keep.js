// The jobs of whoever is signed in, kept on this device so that they open without a network: the list, a page for each
// (without what people wrote as they reported) and its small photos. Kept for one account only; gone at sign-out, when
// another account opens the list, and when the server asks to sign in. Only what has changed is fetched again.
import { CREW_CACHE } from "./device.js";

const MOST = 40;
const FRESH_MS = 1_800_000;
const STAMPS = "/staff/crew/kept";

async function stampsOf(by) {
  const cache = await caches.open(CREW_CACHE);
  const known = await (await cache.match(STAMPS))?.json();
  if (known?.by === by) return known;
  if (known) await caches.delete(CREW_CACHE);
  return { by, jobs: {}, pages: {} };
}

async function fetched(url) {
  const answer = await fetch(url, { credentials: "same-origin", headers: { Accept: "text/html" } });
  return answer.ok && !answer.redirected ? answer : null;
}

/** On the first visit the worker takes the page over a moment after it is ready; what is fetched before, it does not see. */
async function workerTookOver() {
  await navigator.serviceWorker.ready;
  if (navigator.serviceWorker.controller) return;
  await new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done, { once: true }));
}

/** The page of a job and its small photos; the addresses that were kept, or null where none came. */
async function keepJob(cache, url) {
  const answer = await fetched(`${url}?kept=1`);
  if (!answer) return null;
  const page = new DOMParser().parseFromString(await answer.clone().text(), "text/html");
  await cache.put(url, answer);
  const photos = [...page.querySelectorAll(".photos img")].map((image) => image.getAttribute("src"));
  for (const photo of photos) {
    if (await cache.match(photo)) continue;
    const picture = await fetched(photo).catch(() => null);
    if (picture) await cache.put(photo, picture);
  }
  return [new URL(url).pathname, ...photos];
}

const fresh = (kept, stamp) => kept && kept.stamp === stamp && kept.at + FRESH_MS > Date.now();

/** One page beside the jobs; it stays with them, for the same account only. `anew`: also where it was kept just now. */
export async function keepPage({ by, path, anew = false }) {
  await workerTookOver();
  const known = await stampsOf(by);
  if (!anew && known.pages?.[path] + FRESH_MS > Date.now()) return;
  const answer = await fetched(path);
  if (!answer) return;
  const cache = await caches.open(CREW_CACHE);
  await cache.put(path, answer);
  await cache.put(STAMPS, Response.json({ ...known, pages: { ...known.pages, [path]: Date.now() } }));
}

/** `jobs`: [{url, stamp}]. Answers when all of it is kept. */
export async function keepJobs({ by, jobs, too }) {
  await workerTookOver();
  for (const url of too) await fetch(url).catch(() => undefined); // the worker keeps files by itself
  const known = await stampsOf(by);
  const cache = await caches.open(CREW_CACHE);
  const list = await fetched(location.pathname);
  if (list) await cache.put(location.pathname, list);
  const now = {};
  for (const { url, stamp } of jobs.slice(0, MOST)) {
    const kept = known.jobs[url];
    const files = fresh(kept, stamp) ? null : await keepJob(cache, url);
    if (files ?? kept) now[url] = files ? { stamp, at: Date.now(), files } : kept; // else tried again next time
  }
  const pages = known.pages ?? {};
  await cache.put(STAMPS, Response.json({ by, jobs: now, pages }));
  await dropOthers(cache, [location.pathname, STAMPS, ...Object.keys(pages), ...Object.values(now).flatMap(({ files }) => files)]);
}

async function dropOthers(cache, wanted) {
  const paths = new Set(wanted);
  const others = (await cache.keys()).filter(({ url }) => !paths.has(new URL(url).pathname));
  await Promise.all(others.map((request) => cache.delete(request)));
}
