// The quick way out of a page that nobody else should see: a click, or Esc pressed three times within two seconds.
// `location.replace` puts the harmless page in this one's place in the history. Without script it is a plain link.
const PRESSES = 3;
const WITHIN_MS = 2000;
const link = document.querySelector("[data-quick-exit]");
let pressed = [];

function leave() {
  document.body.hidden = true;
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
