// Marks on the map, made as elements (never from strings). A handful of icon objects is shared by all markers.
import { hazardMark, isUnfixed, svg } from "./marks.js";
import { inDigits } from "./words.js";

export { hazardMark, useSprite } from "./marks.js";

const TARGET = 44; // px, the smallest thing a thumb should have to hit

/** A Leaflet icon that draws itself anew for each marker; L.DivIcon would move one element from marker to marker. */
const ElementIcon = L.Icon.extend({
  options: { className: "", size: TARGET, draw: null },
  initialize(options) {
    L.setOptions(this, options);
    this.options.iconSize = [this.options.size, this.options.size];
    this.options.iconAnchor = this.options.anchor ?? [this.options.size / 2, this.options.size / 2];
  },
  createIcon() {
    const box = document.createElement("div");
    box.append(...this.options.draw());
    this._setIconStyles(box, "icon");
    return box;
  },
  createShadow: () => null,
});

const shared = new Map();

function share(key, make) {
  if (!shared.has(key)) shared.set(key, make());
  return shared.get(key);
}

/** The mark of one hazard on the map. */
export function hazardIcon({ group, state, overdue = false, status }) {
  return share(`hazard/${group}/${state}/${overdue}/${isUnfixed({ state, status })}`, () =>
    new ElementIcon({ className: "pin", draw: () => [hazardMark({ group, state, overdue, status })] }));
}

function clusterSize(number) {
  if (number >= 1000) return 64;
  if (number >= 100) return 54;
  return number >= 10 ? 48 : TARGET;
}

function count(number) {
  const text = document.createElement("span");
  text.textContent = inDigits(number);
  return text;
}

/** A circle with a number; darker and larger with more hazards. */
export function clusterIcon(number) {
  const size = clusterSize(number);
  return share(`cluster/${number}`, () =>
    new ElementIcon({ className: `cluster cluster-${size}`, size, draw: () => [count(number)] }));
}

/** The pin that a reporter moves; its tip marks the place. */
export function pinIcon() {
  return share("pin", () =>
    new ElementIcon({ className: "place-pin", size: 52, anchor: [26, 50], draw: () => [svg("place-pin-mark", ["place-pin"])] }));
}
