// Asks every 20 seconds whether the list is still right. Where nobody has a hand in it, the new rows take the place of
// the old ones; else a sentence says so and waits to be pressed. The focus and the scroll position stay where they are.

const EVERY = 20_000; // ms
const region = document.querySelector("[data-fresh]");
const rows = () => document.getElementById("inbox-rows");

let etag = "";
let timer = 0;

const parsed = (text) => new DOMParser().parseFromString(text, "text/html");

/** Nobody ticks, reads further down or stands inside the list with the keyboard. */
function untouched() {
  return window.scrollY < 200 && !rows().contains(document.activeElement)
    && !rows().querySelector("input:checked, details[open], [role=region]:hover") && !document.querySelector(".leaflet-popup");
}

/** The rows as they are now, in place of those that are shown. */
async function renew() {
  const answer = await fetch(location.href, { cache: "no-store" });
  const fresh = answer.ok && !answer.redirected && parsed(await answer.text()).getElementById("inbox-rows");
  if (!fresh) return location.reload();
  rows().replaceWith(fresh);
  etag = "";
  document.dispatchEvent(new CustomEvent("inbox:renewed"));
}

function say(sentence) {
  region.replaceChildren(...(sentence ? [sentence] : []));
}

function showCounts(page) {
  const [shown, fresh] = [document, page].map((where) => where.querySelector(".inbox-tabs"));
  if (!shown.contains(document.activeElement) && shown.innerHTML !== fresh.innerHTML) shown.replaceWith(fresh);
}

async function show(page) {
  showCounts(page);
  const [waiting, renewed] = ["[data-waiting]", "[data-renewed]"].map((name) => page.querySelector(name));
  if (!waiting) return say(null);
  if (!untouched()) return say(waiting);
  await renew();
  say(renewed);
}

async function ask() {
  const headers = etag ? { "If-None-Match": etag } : {};
  const answer = await fetch(rows().dataset.news, { headers, cache: "no-store" });
  if (answer.status === 304) return;
  if (!answer.ok || answer.redirected) return stop(); // signed out meanwhile: the next click says so
  etag = answer.headers.get("ETag") ?? "";
  await show(parsed(await answer.text()));
}

function stop() {
  clearInterval(timer);
  timer = 0;
}

function start() {
  stop();
  timer = setInterval(() => ask().catch(() => {}), EVERY); // no network: the next try may have one
}

region.addEventListener("click", async (event) => {
  if (!event.target.closest("[data-renew]")) return;
  event.preventDefault();
  await renew();
  say(null);
  document.querySelector("#inbox-rows .inbox-title a")?.focus({ preventScroll: true });
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return stop();
  ask().catch(() => {});
  start();
});
if (!document.hidden) start();
