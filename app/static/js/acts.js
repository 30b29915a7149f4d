// Every page of somebody signed in: send what a crew's device kept, and at sign-out forget the jobs kept here. Where the
// browser has Background Sync the worker sends too, without a page.
import { flushActs, forgetSent, onActs, unsent } from "./acts_outbox.js";
import { CREW_CACHE } from "./device.js";
import { nameBrowser } from "./name_browser.js";

const EVERY_MS = 30_000;
const ENDS = /\/account\/(password|sessions\/.+|second-factor\/.+|passkeys\/.+)$/; // what ends other sessions
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

document.addEventListener("submit", (event) => {
  const form = event.target;
  const { pathname } = new URL(form.action, location.href);
  const here = pathname.endsWith("/sign-out");
  if (!here && !ENDS.test(pathname)) return;
  event.preventDefault();
  if (here) {
    caches.delete(CREW_CACHE);
    forgetSent().catch(() => undefined);
  }
  nameBrowser(form).then(() => form.submit());
});
onActs(() => sendWhileWaiting().catch(() => undefined));
sendWhileWaiting().catch(() => undefined); // a browser that keeps nothing
