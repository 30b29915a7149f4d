// The quick way out of a page that nobody else should see: a click, or Esc pressed three times within two seconds.
// `location.replace` puts the harmless page in this one's place in the history. Without script it is a plain link.
// What was begun in the report form goes too: the next person at this phone is not to find it there. What waits to be sent
// stays, since somebody may depend on it.
const PRESSES = 3;
const WITHIN_MS = 2000;
const FORGET_MS = 300; // nobody is held here by a slow memory
const memory = import("./device.js").catch(() => null); // and this works without it
const link = document.querySelector("[data-quick-exit]");
let pressed = [];

const forget = () => memory.then((device) => device?.clear("draft")).catch(() => undefined);

async function leave() {
  document.body.hidden = true;
  await Promise.race([forget(), new Promise((done) => setTimeout(done, FORGET_MS))]);
  window.location.replace(link.href);
}

link.addEventListener("click", (event) => {
  event.preventDefault();
  leave();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.repeat) return;
  pressed = [...pressed.filter((at) => event.timeStamp - at < WITHIN_MS), event.timeStamp];
  if (pressed.length >= PRESSES) leave();
});

// Back from the cache of whole pages would show it again.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) leave();
});
