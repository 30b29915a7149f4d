// Every page: keep the service worker, and send what waits when a network is back. Where the browser has Background Sync
// the worker does it too, without a page.
import { all } from "./device.js";
import { flush } from "./outbox.js";

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
all("outbox").then((rows) => {
  if (!rows.length) return;
  sendWaiting();
  setInterval(sendWaiting, 30_000);
}, () => undefined);
