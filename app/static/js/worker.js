// The service worker's behaviour; `/sw.js` says its version and what to keep. What may be kept is a list: static files, the
// data of the public map, and five pages that are alike for everybody, in all languages. All else passes by untouched, and
// nothing that the server calls `no-store` is ever kept, but two: `/help`, which every device keeps alike, so that it tells
// nothing of who opened it; and a crew's own jobs, which their page puts aside itself (`crew_keep.js`): those are shown
// without a network, and gone at sign-out or where the server asks to sign in. Turned down: a library.
import { flushActsInBackground, forgetSent } from "./acts_outbox.js";
import { CREW_CACHE as CREW, MAP_CACHE as MAP } from "./device.js";
import { flushInBackground } from "./outbox.js";

const PATIENCE_MS = 4000;
const MAP_ANSWERS = 40;
const PRIVATE = /^\/(staff|desk|admin|council|account|sign-in|sign-out|photo|follow|duty|job|healthz|readyz)(\/|$)/;
const CREW_PAGE = /^\/staff\/(crew(\/[^/]+)?|new)$/;
const CREW_PHOTO = /^\/staff\/photo\/[^/]+\/thumb$/;
const LANGUAGE = /^\/(ru|en)(?=\/|$)/;
const TILES = /(\/map\/\d+\/)\d+\/\d+\/\d+\/\d+/;
const HELP = "/help";
const KEPT_PAGES = ["/", "/my", HELP, "/away"];
const KEPT = ["/offline", HELP, "/report/offline", "/my", "/"];
const SHOWN = { "/away": "/", "/report": "/report/offline" }; // the harmless page has a date, so the map stands in for it
const OTHERS_AFTER_MS = 8000; // the page's own files come first
const FRESH_MS = 24 * 3_600_000;
const KEPT_AT = "X-Kept-At";

const storable = (answer) => answer.ok && answer.type === "basic" && !answer.redirected
  && !/no-store|private/.test(answer.headers.get("Cache-Control") ?? "");

/** `version`: changes with any kept file. `files`: addresses to keep at once. `sent`: what to say of a report that went by
 * itself, {title, body} by the root of each language. */
export function serve({ version, files, sent }) {
  const SHELL = `qauip-shell-${version}`;
  const PAGES = `qauip-pages-${version}`;
  const ROOTS = Object.keys(sent);

  async function fill() {
    const shell = await caches.open(SHELL);
    await shell.addAll(files.map((url) => new Request(url, { credentials: "omit" })));
  }
  async function tidy() {
    const ours = (await caches.keys()).filter((name) => name.startsWith("qauip-") && ![SHELL, PAGES, MAP, CREW].includes(name));
    await Promise.all(ours.map((name) => caches.delete(name)));
    await self.clients.claim();
  }
  const isOld = (kept) => Number(kept.headers.get(KEPT_AT) ?? Infinity) + FRESH_MS < Date.now();
  const stamped = ({ body, status, headers }) => new Response(body, { status, headers: { ...Object.fromEntries(headers), [KEPT_AT]: Date.now() } });
  /** The pages of one language, as anybody would see them; `before()` the first that is missing. */
  async function keepPages(root, before = () => undefined) {
    const pages = await caches.open(PAGES);
    for (const path of KEPT) {
      const url = `${root}${path}`;
      const kept = await pages.match(url);
      if (kept && !isOld(kept)) continue;
      await before();
      const answer = await fetch(url, { credentials: "omit" });
      if (storable(answer) || (path === HELP && answer.ok && !answer.redirected)) await pages.put(url, stamped(answer));
    }
  }
  /** Then those of the other languages: somebody else may read at this device, when there is no network. */
  async function keepAll(root) {
    await keepPages(root);
    const wait = new Promise((done) => setTimeout(done, OTHERS_AFTER_MS));
    for (const other of ROOTS) if (other !== root) await keepPages(other, () => wait);
  }
  async function store(name, key, answer, most = 0) {
    if (!storable(answer)) return;
    const cache = await caches.open(name);
    await cache.delete(key);
    await cache.put(key, answer);
    const keys = most ? await cache.keys() : [];
    await Promise.all(keys.slice(0, Math.max(0, keys.length - most)).map((old) => cache.delete(old)));
  }
  /** The network's answer, or what was kept when there is none or it takes too long. */
  async function networkFirst(event, name, key, most) {
    const kept = await (await caches.open(name)).match(key);
    const fresh = fetch(event.request).then((answer) => {
      event.waitUntil(store(name, key, answer.clone(), most));
      return answer;
    });
    if (!kept) return name === MAP ? fresh.catch(async (error) => await lastSeen(event.request.url) ?? Promise.reject(error)) : fresh;
    fresh.catch(() => undefined);
    const late = new Promise((resolve) => setTimeout(() => resolve(kept), PATIENCE_MS));
    return Promise.race([fresh.catch(() => kept), late]);
  }
  /** The last answer of this zoom and these filters, where a turned screen asks for other edges than it did online; or
   * the same in another language. */
  async function lastSeen(url) {
    const alike = (address) => {
      const { pathname, search } = new URL(address);
      return [TILES.exec(pathname)?.[1] ?? pathname.replace(LANGUAGE, ""), search].join();
    };
    const cache = await caches.open(MAP);
    const found = (await cache.keys()).findLast((request) => alike(request.url) === alike(url));
    return found ? cache.match(found) : undefined;
  }
  async function cacheFirst(event) {
    const kept = await caches.match(event.request.url);
    if (kept) return kept;
    const answer = await fetch(event.request).catch(async (error) => await asItIsNow(event.request.url) ?? Promise.reject(error));
    event.waitUntil(store(SHELL, event.request.url, answer.clone()));
    return answer;
  }
  /** A page that was kept before this version asks for files of that time: better the new one than none. */
  const asItIsNow = (url) => caches.match(url, { ignoreSearch: true });
  async function page(event, root, path) {
    try {
      if (KEPT_PAGES.includes(path)) return await networkFirst(event, PAGES, `${root}${SHOWN[path] ?? path}`);
      return await fetch(event.request);
    } catch (error) {
      const kept = await firstKept(root, [SHOWN[path] ?? path, "/offline"]);
      if (kept) return kept;
      throw error;
    }
  }
  /** The first of these pages that is kept: in this language, else in another one. */
  async function firstKept(root, paths) {
    const pages = await caches.open(PAGES);
    for (const path of paths) {
      for (const each of [root, ...ROOTS]) {
        const kept = await pages.match(`${each}${path}`);
        if (kept) return kept;
      }
    }
    return undefined;
  }
  /** A job as the server shows it now; as it was kept here where there is no network, or none to speak of. */
  async function crew(event, root) {
    const kept = await (await caches.open(CREW)).match(event.request, { ignoreSearch: true, ignoreVary: true });
    const fresh = fetch(event.request).then((answer) => {
      if (answer.type === "opaqueredirect") event.waitUntil(caches.delete(CREW)); // to the sign-in: nobody's jobs now
      return answer;
    });
    if (!kept) return event.request.mode === "navigate" ? fresh.catch(async (error) => await instead(root) ?? Promise.reject(error)) : fresh;
    fresh.catch(() => undefined);
    const late = new Promise((resolve) => setTimeout(() => resolve(kept), PATIENCE_MS));
    return Promise.race([fresh.catch(() => kept), late]);
  }
  const instead = (root) => firstKept(root, ["/offline"]);
  function answerFor(event, url) {
    const root = LANGUAGE.exec(url.pathname)?.[0] ?? "";
    const path = url.pathname.slice(root.length) || "/";
    if (CREW_PHOTO.test(path) || (CREW_PAGE.test(path) && event.request.mode === "navigate")) return crew(event, root);
    if (PRIVATE.test(path)) return null;
    if (event.request.mode === "navigate") return page(event, root, path);
    if (path.startsWith("/static/") && url.searchParams.has("v")) return cacheFirst(event);
    if (path.startsWith("/static/") || path.startsWith("/map/shell/")) return networkFirst(event, SHELL, url.href);
    if (path.startsWith("/map/")) return networkFirst(event, MAP, url.href, MAP_ANSWERS);
    return null;
  }

  self.addEventListener("install", (event) => event.waitUntil(fill().then(() => self.skipWaiting())));
  self.addEventListener("activate", (event) => event.waitUntil(tidy()));
  self.addEventListener("message", (event) => {
    const root = event.data?.keep;
    if (root !== "" && !LANGUAGE.test(root ?? "-")) return;
    // A page that was on its way while the worker began belongs to nobody yet.
    event.waitUntil(Promise.all([self.clients.claim(), keepAll(root).catch(() => undefined)]));
  });
  self.addEventListener("sync", (event) => event.tag === "outbox" && event.waitUntil(sendWaiting(event, sent)));
  self.addEventListener("sync", (event) => event.tag === "acts" && event.waitUntil(flushActsInBackground(event)));
  self.addEventListener("fetch", (event) => {
    const url = new URL(event.request.url);
    if (event.request.method === "POST" && url.pathname.endsWith("/sign-out")) event.waitUntil(Promise.all([caches.delete(CREW), forgetSent()]));
    if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
    const answer = answerFor(event, url);
    if (answer) event.respondWith(answer);
  });
  self.addEventListener("push", (event) => event.waitUntil(show(event.data?.json() ?? {})));
  self.addEventListener("notificationclick", (event) => {
    event.notification.close();
    event.waitUntil(open(event.notification.data.path));
  });
}

/** Send without a page; where messages were allowed before, and nobody looks, say so. Of a held report nothing is said. */
async function sendWaiting(event, words) {
  const tell = (went) => sayWent(went.filter(({ held }) => !held), words).catch(() => undefined);
  try {
    await tell(await flushInBackground(event));
  } catch (error) {
    await tell(error.sent ?? []);
    throw error;
  }
}

async function sayWent(went, words) {
  const looking = (await self.clients.matchAll({ type: "window" })).some((client) => client.visibilityState === "visible");
  if (!went.length || looking || self.Notification?.permission !== "granted") return;
  const root = LANGUAGE.exec(new URL(went[0].url, self.location.origin).pathname)?.[0] ?? "";
  await show({ ...words[root], url: `${root}/my` });
}

/** Only a path of ours is opened, whatever was sent. */
function own(address) {
  const url = new URL(address ?? "/", self.location.origin);
  return url.origin === self.location.origin ? url.pathname + url.hash : "/";
}

function show({ title, body, text, url, tag }) {
  const data = { path: own(url) };
  return self.registration.showNotification(title ?? "", { body: body ?? text ?? "", icon: "/static/icon-192.png", tag: tag ?? data.path, data });
}

async function open(path) {
  const windows = await self.clients.matchAll({ type: "window" });
  const there = windows.find((client) => own(client.url) === path);
  return there ? there.focus() : self.clients.openWindow(path);
}
