// The parts of a crew's page that tell how things stand ([data-fresh]), fetched anew and put in their places, after what waited
// on the device has gone: "make safe is late" must not stand below "made safe". Turned down: a reload, which would take what
// somebody types with it. The page that is kept for the time without a network becomes the new one too.
import { CREW_CACHE } from "./device.js";

/** The page as the server shows it now, or null. */
export async function freshPage(path) {
  const answer = await fetch(`${path}?kept=1`, { credentials: "same-origin", headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return null;
  const cache = await caches.open(CREW_CACHE);
  if (await cache.match(path)) await cache.put(path, answer.clone());
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** Put the fresh parts of this page in, but for those that `kept()` names once they are here: a form may have been opened
 * while they were on their way. Answers whether any came. */
export async function putFresh(page, kept) {
  const fresh = await freshPage(location.pathname);
  if (!fresh) return false;
  const but = kept();
  for (const part of page.querySelectorAll("[data-fresh]")) {
    const now = but.includes(part.dataset.fresh) ? null : fresh.querySelector(`[data-fresh="${part.dataset.fresh}"]`);
    if (now) part.replaceChildren(...now.childNodes);
  }
  return true;
}
