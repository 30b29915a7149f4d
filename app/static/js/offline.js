// Every page: keep the service worker, and send what waits when a network is back. Where the browser has Background Sync
// the worker does it too, without a page.
import { flush, onChange, pending } from "./outbox.js";

const EVERY_MS = 30_000;
const AGAIN_MS = 5_000;

/** A worker that cannot fetch what it keeps becomes "redundant", and nobody is told but by its state. */
function settled(worker) {
  return new Promise((done, fail) => {
    const look = () => {
      if (worker.state === "activated") done();
      if (worker.state === "redundant") fail(new Error("the service worker could not be installed"));
    };
    worker.addEventListener("statechange", look);
    look();
  });
}

async function keepWorker() {
  if (!("serviceWorker" in navigator)) return;
  const kept = await navigator.serviceWorker.register("/sw.js", { type: "module", updateViaCache: "none" });
  const first = kept.active ? null : (kept.installing ?? kept.waiting);
  if (first) await settled(first);
  const ready = await navigator.serviceWorker.ready;
  ready.active.postMessage({ keep: document.documentElement.dataset.root ?? "" });
}

/** On a bad network the first try often fails; an old browser fails each time, and the page works as before. */
function tryWorker(left) {
  keepWorker().catch((error) => {
    console.info(error.message);
    if (left) setTimeout(tryWorker, AGAIN_MS, left - 1);
  });
}

async function sendWaiting() {
  if (navigator.onLine) await flush().catch(() => undefined); // still no network: the next event tries again
}

addEventListener("online", sendWaiting);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && sendWaiting());
tryWorker(3);

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
