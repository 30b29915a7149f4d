// Every page of somebody signed in: send what a crew's device kept, and at sign-out forget the jobs kept here. Where the
// browser has Background Sync the worker sends too, without a page.
import { flushActs, forgetSent, onActs, unsent } from "./acts_outbox.js";
import { CREW_CACHE } from "./device.js";

const EVERY_MS = 30_000;
const PATIENCE_MS = 1_000;
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
/** The address of this browser's messages goes along with the forms that sign out: here, which ends them, or everywhere
 * else, which ends all others. A follower's subscription of
 * the same browser is the same one, so it is not cancelled here. */
async function nameBrowser(form) {
  const worker = await navigator.serviceWorker?.getRegistration();
  const subscription = await worker?.pushManager?.getSubscription();
  if (subscription) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "endpoint", value: subscription.endpoint }));
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const { pathname } = new URL(form.action, location.href);
  const here = pathname.endsWith("/sign-out");
  if (!here && !pathname.endsWith("/account/sessions/end")) return;
  event.preventDefault();
  if (here) {
    caches.delete(CREW_CACHE);
    forgetSent().catch(() => undefined);
  }
  const slow = new Promise((done) => setTimeout(done, PATIENCE_MS));
  Promise.race([nameBrowser(form).catch(() => undefined), slow]).then(() => form.submit());
});
onActs(() => sendWhileWaiting().catch(() => undefined));
sendWhileWaiting().catch(() => undefined); // a browser that keeps nothing
