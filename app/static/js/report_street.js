// Words for the pin: the street near it, asked of the server when the pin has come to rest. Without an answer there are
// only the numbers; nothing waits for it.
const PAUSE_MS = 500;

/** `place()`: {lat, lon} or null. Gives a function that tells the words that are known now. */
export function nearStreet(form, place) {
  const line = form.querySelector("[data-pin-said]");
  let words = "";
  let timer = 0;
  let running = null;

  async function ask(where) {
    running = new AbortController();
    const answer = await fetch(`${form.dataset.street}?${new URLSearchParams(where)}`, { credentials: "omit", signal: running.signal });
    if (!answer.ok) return;
    words = (await answer.json()).text;
    if (words) line.textContent = words;
    form.dispatchEvent(new CustomEvent("street:known"));
  }
  function later() {
    clearTimeout(timer);
    running?.abort();
    words = "";
    const where = place();
    if (where) timer = setTimeout(() => ask(where).catch(() => undefined), PAUSE_MS); // no network, no words
  }
  form.addEventListener("pin:moved", later);
  form.addEventListener("change", ({ target }) => ["lat", "lon"].includes(target.name) && later());
  document.addEventListener("map:ready", () => words && (line.textContent = words)); // the map says the numbers
  later();
  return () => words;
}
