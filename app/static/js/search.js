// The search box as a combobox: a list of places under it, by arrows, Enter, Esc, mouse or finger. What is chosen is
// told to the page by `place:chosen` {lat, lon, zoom, name} on the form. Without this file the form opens /search.
const PAUSE_MS = 200;
const FEWEST = 2;

function option(place, number, listId) {
  const item = document.createElement("li");
  item.id = `${listId}-${number}`;
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", "false");
  const name = document.createElement("b");
  name.textContent = place.name;
  const more = document.createElement("small");
  more.textContent = [place.kind_text, place.parent].filter(Boolean).join(" · ");
  item.append(name, more);
  return item;
}

function combobox(form) {
  const input = form.querySelector("input[name=q]");
  const list = form.querySelector("[role=listbox]");
  const said = form.querySelector("[data-said]");
  let places = [];
  let lit = -1;
  let timer = 0;
  let running = null;
  let shown = null; // what the list answers to

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");

  function tell(text, { count = false } = {}) {
    said.textContent = text;
    said.classList.toggle("is-count", count);
  }
  function light(number) {
    lit = number;
    [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === number)));
    const item = list.children[number];
    if (item) {
      input.setAttribute("aria-activedescendant", item.id);
      item.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  }
  function open(wanted) {
    list.hidden = !wanted;
    input.setAttribute("aria-expanded", String(wanted));
    if (!wanted) light(-1);
  }
  function show({ items, hint }) {
    places = items;
    list.replaceChildren(...items.map((place, number) => option(place, number, list.id)));
    open(items.length > 0);
    light(-1);
    if (!items.length) tell(form.dataset.none);
    else tell(hint || form.dataset.found.replace("{num}", items.length), { count: !hint });
  }
  function forget() {
    clearTimeout(timer);
    running?.abort();
    running = null;
    shown = null;
    places = [];
    open(false);
    tell("");
  }
  async function ask({ whole = false } = {}) {
    const q = input.value.trim();
    clearTimeout(timer);
    running?.abort();
    running = new AbortController();
    const mine = running;
    const about = new URLSearchParams({ q });
    if (form.dataset.lat) {
      about.set("lat", form.dataset.lat);
      about.set("lon", form.dataset.lon);
    }
    if (whole) about.set("whole", "1");
    try {
      const answer = await fetch(`${form.action}?${about}`, { headers: { Accept: "application/json" }, signal: mine.signal });
      if (!answer.ok) throw new Error(`search: ${answer.status}`);
      const found = await answer.json();
      if (mine !== running) return;
      shown = q;
      show(found);
    } catch (error) {
      if (error.name === "AbortError") return;
      console.warn(error);
      open(false);
      tell(form.dataset.failed);
    }
  }
  function choose(number) {
    const place = places[number];
    if (!place) return;
    input.value = place.name;
    open(false);
    shown = input.value;
    form.dispatchEvent(new CustomEvent("place:chosen", { bubbles: true, detail: place }));
  }
  input.addEventListener("input", () => {
    clearTimeout(timer);
    if (input.value.trim().length < FEWEST) forget();
    else timer = setTimeout(ask, PAUSE_MS);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      open(false);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && places.length) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      const from = list.hidden || lit < 0 ? (step > 0 ? -1 : places.length) : lit;
      open(true);
      light((from + step + places.length) % places.length);
    }
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (lit >= 0) return choose(lit);
    if (shown !== input.value.trim() || !places.length) await ask({ whole: true });
    if (places.length && shown === input.value.trim()) choose(0);
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
  list.addEventListener("click", (event) => choose([...list.children].indexOf(event.target.closest("[role=option]"))));
  input.addEventListener("focus", () => places.length && shown === input.value.trim() && open(true));
  input.addEventListener("blur", () => {
    open(false);
    tell("");
  });
}

document.querySelectorAll("form[data-search]").forEach(combobox);
