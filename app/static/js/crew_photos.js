// The photos of one form: from the camera or chosen, shown small, removed again. They live here, not in the inputs, so that
// two inputs (camera, gallery) fill one list.
const MOST = 5;

/** `photos` and `before` of a form, as far as it has them: {files(), add(files), clear()}. `chosen()`: one was added. */
export function crewPhotos(form, { remove, chosen }) {
  const parts = [...form.querySelectorAll("[data-photos]")];
  return Object.fromEntries(parts.map((part) => [part.dataset.photos, gathered(part, remove, chosen)]));
}

function gathered(part, remove, chosen) {
  const shown = part.querySelector("[data-previews]");
  let files = [];

  function preview(file, at) {
    const item = document.createElement("li");
    const picture = new Image();
    picture.alt = "";
    picture.src = URL.createObjectURL(file);
    picture.onload = () => URL.revokeObjectURL(picture.src);
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
    button.setAttribute("aria-label", remove(at + 1));
    button.addEventListener("click", () => {
      files = files.filter((other) => other !== file);
      draw();
      (shown.querySelector("button") ?? part.querySelector("input")).focus();
    });
    item.append(picture, button);
    return item;
  }
  const draw = () => shown.replaceChildren(...files.map(preview));
  function put(all) {
    files = all.slice(0, MOST);
    draw();
  }
  const add = (more) => put([...files, ...more]);
  for (const input of part.querySelectorAll("input[type=file]")) {
    input.addEventListener("change", () => {
      add([...input.files]);
      input.value = "";
      chosen();
    });
  }
  return { files: () => files, add, clear: () => put([]) };
}
