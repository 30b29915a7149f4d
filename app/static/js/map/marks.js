// The signs of the groups as elements, for the map and for pages without one: this file needs no Leaflet.

const SVG = "http://www.w3.org/2000/svg";

let sprite = "";

/** Where the sprite lies; its address holds a hash, so the page says it. */
export function useSprite(url) {
  sprite = url;
}

/** A drawing of these symbols of the sprite, one upon the other. */
export function svg(className, symbols) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("class", className);
  drawing.setAttribute("viewBox", "0 0 32 32");
  drawing.setAttribute("aria-hidden", "true");
  for (const name of symbols) {
    drawing.appendChild(document.createElementNS(SVG, "use")).setAttribute("href", `${sprite}#${name}`);
  }
  return drawing;
}

/** Whether it was closed without being fixed; `status` is not known of everything on a map. */
export const isUnfixed = ({ state, status }) => state === "closed" && Boolean(status) && status !== "fixed";

/** The same drawing as the macro `mark` of components/icon.html: the group's sign, with a badge for its state. */
export function hazardMark({ group, state, overdue, status }) {
  const done = isUnfixed({ state, status }) ? null : "b-check";
  const badge = state === "closed" ? done : state === "safe" ? "b-shield" : overdue ? "b-late" : null;
  return svg(`mark g-${group} is-${state}`, [`g-${group}`, ...(badge ? [badge] : [])]);
}
