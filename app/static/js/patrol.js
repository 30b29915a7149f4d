// A hazard found on patrol: the place from the device, photos from the camera, and sent by the outbox of a crew's acts, with a
// network at once, without one as soon as there is one. The page itself is kept as a crew's jobs are, and gone with them.
import { actForm } from "./act_form.js";
import { SENT, actKept } from "./acts_outbox.js";
import { actsBox } from "./crew_box.js";
import { keepPage } from "./crew_keep.js";
import { say } from "./map/words.js";
import { smaller } from "./photo.js";
import { place } from "./report_place.js";

const PATROL = "log";
const page = document.querySelector("[data-crew]");
const words = JSON.parse(page.dataset.words);
const { by } = page.dataset;
const form = page.querySelector("[data-patrol]");
const FIELDS = ["hazard_type", "lat", "lon", "description", "someone_hurt", "sign", "network", "voltage", "setting", "hidden", "water"];
const kind = form.elements.hazard_type;
const said = page.querySelector("[data-place-said]");
const atFirst = said.textContent;
const pin = place(form, words, say);

/** Each is a line of its own: it waits for no other, and no other for it. */
const about = () => ({
  by,
  reference: form.elements.client_id.value,
  act: PATROL,
  title: kind.selectedOptions[0]?.textContent ?? "",
  page: location.pathname,
});

/** What can be said without the server must not wait for it. */
function wrong() {
  const place = pin.has() ? "" : (pin.typed() ? words.badNumbers : words.putPin);
  return [place, kind.value ? "" : words.chooseKind].filter(Boolean);
}

/** A photo without the camera's notes: the pin says where it is. */
const small = (file) => smaller(file).catch(() => file);

function begun() {
  said.textContent = atFirst;
}

const redraw = actsBox({ by, words, shows: (row) => row.act === PATROL, opened: (id) => log.has(id), dropped: (id) => log.has(id) && log.begin() });
const shown = () => document.querySelector("[data-acts-box]").scrollIntoView({ block: "start" });
const log = actForm(form, { about, words, fields: FIELDS, small, wrong, redraw, begun, sent: () => redraw().then(shown) });

async function openKept() {
  const clientId = /^#edit=([\w-]+)$/.exec(location.hash)?.[1];
  const row = clientId && await actKept(clientId);
  if (!row || row.by !== by || row.state === SENT || log.has(clientId)) return;
  log.open(row);
  form.elements.lat.dispatchEvent(new Event("change", { bubbles: true }));
  log.refuse(row);
  await redraw();
}

pin.needMap();
addEventListener("hashchange", () => openKept().catch(() => undefined));
await openKept().catch(() => undefined);
if ("serviceWorker" in navigator && navigator.onLine) keepPage({ by, path: location.pathname, anew: true }).catch(() => undefined); // no network any more
