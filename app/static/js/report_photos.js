// The photos: gathered from camera and gallery, shown small, removed again, and asked where they were taken.
import { placeOf } from "./exif.js";

const MOST = 5;

/** `put(place)` moves the pin, only when the person says so. */
export function photos(form, words, say, put) {
  const input = form.elements.photos;
  const camera = form.querySelector("#photos-camera");
  const list = form.querySelector("[data-previews]");
  const said = form.querySelector("[data-photo-said]");
  const ask = form.querySelector("[data-exif]");
  const places = new WeakMap(); // of each photo that was read; null where it says none
  let files = [];

  const changed = () => list.dispatchEvent(new CustomEvent("report:changed", { bubbles: true }));
  const tell = (text) => {
    said.textContent = text;
    said.hidden = !text;
  };
  const offered = () => files.map((file) => places.get(file)).find(Boolean);
  const showAsk = () => (ask.hidden = !offered() || ask.dataset.asked === "yes");
  function keep() {
    const held = new DataTransfer();
    for (const file of files) held.items.add(file);
    input.files = held.files;
    list.replaceChildren(...files.map(preview));
  }
  function preview(file, position) {
    const item = document.createElement("li");
    const picture = new Image();
    picture.alt = "";
    picture.src = URL.createObjectURL(file);
    picture.onload = () => URL.revokeObjectURL(picture.src);
    picture.onerror = () => picture.replaceWith(words.noPreview);
    const remove = document.createElement("button");
    remove.type = "button";
    remove.textContent = "×";
    remove.setAttribute("aria-label", say(words.remove, { num: position + 1 }));
    remove.addEventListener("click", () => {
      files = files.filter((other) => other !== file);
      keep();
      showAsk();
      changed();
      (list.querySelector("button") ?? input).focus();
    });
    item.append(picture, remove);
    return item;
  }
  async function add(chosen) {
    const pictures = chosen.filter((file) => file.type.startsWith("image/") || /\.(heic|heif|avif)$/i.test(file.name));
    const strange = chosen.find((file) => !pictures.includes(file));
    tell(strange ? say(words.unreadable, { name: strange.name }) : "");
    if (files.length + pictures.length > MOST) tell(say(words.tooMany, { num: MOST }));
    files = [...files, ...pictures].slice(0, MOST);
    keep();
    for (const file of pictures) places.set(file, await placeOf(file));
    showAsk();
  }
  const answer = (yes) => () => {
    ask.hidden = true;
    ask.dataset.asked = "yes";
    if (yes) put(offered());
    changed();
    form.querySelector("#step-more").focus();
  };
  input.addEventListener("change", () => add([...input.files]));
  camera.addEventListener("change", () => {
    add([...camera.files]);
    camera.value = "";
  });
  form.querySelector("[data-exif-yes]").addEventListener("click", answer(true));
  form.querySelector("[data-exif-no]").addEventListener("click", answer(false));
  form.querySelector("[data-gallery]").hidden = false;
  input.className = "visually-hidden";
  if (matchMedia("(pointer: coarse)").matches) {
    form.querySelector("[data-camera]").hidden = false;
    camera.disabled = false;
  }
}
