// Sends the report as JSON without a cookie, photos made smaller before; whoever has no script sends the form itself.
// What was typed stays where it is when something is wrong.
import { askByKind } from "./questions.js";

const LONGEST_SIDE = 2048;
const HINTS = ["sign", "network", "voltage", "setting", "hidden", "water"];
const form = document.querySelector("[data-report-form]");
const problem = form.querySelector("[data-report-error]");

async function smaller(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
}

/** The file as base64: made smaller where the browser can read it, as it is where it cannot (HEIC). */
async function packed(file) {
  const blob = await smaller(file).catch(() => file);
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.split(",", 2)[1]);
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(blob);
  });
}

/** The controls of a field: all radios of a group. */
const controls = (field) => (field ? [...form.querySelectorAll(`[name="${CSS.escape(field)}"]`)] : []);

function line({ field, message }) {
  const item = document.createElement("li");
  const [control] = controls(field);
  if (!control) {
    item.textContent = message;
    return item;
  }
  const link = document.createElement("a");
  link.href = `#${field}`;
  link.textContent = message;
  link.addEventListener("click", (event) => {
    event.preventDefault(); // the address may hold the place of the map
    control.focus();
    control.scrollIntoView({ block: "center" });
  });
  item.append(link);
  return item;
}

/** All that is wrong, each with a link to its field; `errors`: [{field, message}]. */
function say(errors) {
  problem.querySelector("ul").replaceChildren(...errors.map(line));
  for (const { field } of errors) for (const control of controls(field)) control.setAttribute("aria-invalid", "true");
  problem.hidden = false;
  problem.focus();
}

function forget() {
  problem.hidden = true;
  for (const control of form.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
}

async function send() {
  const data = new FormData(form);
  const files = data.getAll("photos").filter((file) => file.size);
  const body = {
    client_id: data.get("client_id"),
    hazard_type: data.get("hazard_type"),
    lat: data.get("lat"),
    lon: data.get("lon"),
    description: data.get("description"),
    someone_hurt: data.has("someone_hurt"),
    ...Object.fromEntries(HINTS.map((name) => [name, data.get(name)]).filter(([, value]) => value)),
    photos: await Promise.all(files.map(packed)),
  };
  const answer = await fetch(form.action, {
    method: "POST",
    credentials: "omit",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body),
  });
  const said = await answer.json();
  if (!answer.ok) return say(said.errors ?? [{ message: said.message }]);
  form.reset(); // a page brought back by "Back" must not send the next hazard under this id
  form.elements.client_id.value = crypto.randomUUID();
  return location.assign(said.receipt_url ? `${said.receipt_url}~new` : said.hazard_url);
}

askByKind(form);
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = event.submitter ?? form.querySelector("button[type=submit]");
  button.disabled = true;
  forget();
  try {
    await send();
  } catch {
    say([{ message: form.dataset.noAnswer }]);
  } finally {
    button.disabled = false;
  }
});
