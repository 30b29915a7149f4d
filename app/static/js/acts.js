// Every page of somebody signed in: send what a crew's device kept, and at sign-out forget the jobs kept here. Where the
// browser has Background Sync the worker sends too, without a page.
import { flushActs, forgetSent, onActs, unsent } from "./acts_outbox.js";
import { CREW_CACHE } from "./device.js";

const EVERY_MS = 30_000;
let timer = 0;

const by = () => document.querySelector("[data-crew]")?.dataset.by ?? "";

async function send() {
  if (navigator.onLine) await flushActs(by()).catch(() => undefined); // still no network: the next event tries again
}

async function sendWhileWaiting() {
  const waits = (await unsent()).length > 0;
  if (waits && !timer) {
    timer = setInterval(send, EVERY_MS);
    await send();
  }
  if (waits) return;
  clearInterval(timer);
  timer = 0;
}

addEventListener("online", send);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && send());
document.addEventListener("submit", ({ target }) => {
  if (!new URL(target.action, location.href).pathname.endsWith("/sign-out")) return;
  caches.delete(CREW_CACHE);
  forgetSent().catch(() => undefined);
});
onActs(() => sendWhileWaiting().catch(() => undefined));
sendWhileWaiting().catch(() => undefined); // a browser that keeps nothing
