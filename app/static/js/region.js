// A rectangle drawn on a photo, by mouse, finger or keys; its four numbers stand in the form, in per cent.
import { command, showKeys } from "./keys.js";

const SMALLEST = 1;
const form = document.querySelector("[data-region-form]");
const frame = form.querySelector("[data-region]");
const box = form.querySelector("[data-region-box]");
const fields = Object.fromEntries(["left", "top", "width", "height"].map((name) => [name, form.elements[name]]));
let from = null;

const within = (value, low, high) => Math.min(Math.max(value, low), high);
const number = (name) => Number(fields[name].value) || 0;

function show() {
  for (const name of Object.keys(fields)) box.style[name] = `${number(name)}%`;
}

function put({ left = number("left"), top = number("top"), width = number("width"), height = number("height") }) {
  const size = { width: within(width, SMALLEST, 100), height: within(height, SMALLEST, 100) };
  const place = { left: within(left, 0, 100 - size.width), top: within(top, 0, 100 - size.height) };
  for (const [name, value] of Object.entries({ ...place, ...size })) fields[name].value = value.toFixed(2);
  show();
}

function at(event) {
  const edge = frame.getBoundingClientRect();
  return {
    x: within(((event.clientX - edge.left) / edge.width) * 100, 0, 100),
    y: within(((event.clientY - edge.top) / edge.height) * 100, 0, 100),
  };
}

frame.addEventListener("pointerdown", (event) => {
  event.preventDefault();
  frame.setPointerCapture(event.pointerId);
  from = at(event);
});
frame.addEventListener("pointermove", (event) => {
  if (!from) return;
  const to = at(event);
  put({
    left: Math.min(from.x, to.x),
    top: Math.min(from.y, to.y),
    width: Math.abs(to.x - from.x),
    height: Math.abs(to.y - from.y),
  });
});
for (const end of ["pointerup", "pointercancel"]) frame.addEventListener(end, () => { from = null; });

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
box.addEventListener("keydown", (event) => {
  const step = STEPS[event.key];
  if (!step) return;
  event.preventDefault();
  if (event.shiftKey) put({ width: number("width") + step[0], height: number("height") + step[1] });
  else put({ left: number("left") + step[0], top: number("top") + step[1] });
});
document.addEventListener("keydown", (event) => {
  const key = command(event);
  if (key) form.querySelector(`[data-key="${key}"]`)?.click();
});

form.addEventListener("input", show);
showKeys(form);
box.hidden = false;
show();
box.focus({ preventScroll: true });
frame.querySelector("img").decode().catch(() => undefined).then(() => frame.scrollIntoView({ block: "nearest" })); // all of it, above the buttons
