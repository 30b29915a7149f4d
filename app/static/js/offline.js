// Every page: keep the service worker, and send what waits when a network is back. Where the browser has Background Sync
// the worker does it too, without a page.
import { flush, onChange, pending } from "./outbox.js";

const EVERY_MS = 30_000;

async function keepWorker() {
  if (!("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register("/sw.js", { type: "module", updateViaCache: "none" });
  const ready = await navigator.serviceWorker.ready;
  ready.active.postMessage({ keep: document.documentElement.dataset.root ?? "" });
}

async function sendWaiting() {
  if (navigator.onLine) await flush().catch(() => undefined); // still no network: the next event tries again
}

addEventListener("online", sendWaiting);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && sendWaiting());
keepWorker().catch((error) => console.info(error.message)); // an old browser: the page works as before

let timer = 0;

/** Try now and then for as long as something waits, whichever page or tab kept it. */
async function tryWhileWaiting() {
  const waits = (await pending()).length > 0;
  if (waits && !timer) {
    timer = setInterval(sendWaiting, EVERY_MS);
    await sendWaiting();
  }
  if (waits) return;
  clearInterval(timer);
  timer = 0;
}

onChange(() => tryWhileWaiting().catch(() => undefined));
tryWhileWaiting().catch(() => undefined); // a browser that keeps nothing
