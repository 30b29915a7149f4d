// A report as JSON: packed from the form, and sent without a cookie. The one place that knows the body's fields;
// whoever keeps reports for later packs now and sends the same body then. `sendReport` touches no page, so that a
// worker may call it.
import { packed } from "./photo.js";

const WORDS = ["client_id", "hazard_type", "lat", "lon", "description", "geometry", "joins", "not_these", "website"];
const HINTS = ["sign", "network", "voltage", "setting", "hidden", "water"];
export const REPORT_URL = "/report";

/** The body of `POST /report`: plain values and photos as base64. `elapsed_ms`: how long the form was open. */
export async function packReport(form) {
  const data = new FormData(form);
  const given = (names) => names.map((name) => [name, data.get(name)]).filter(([, value]) => value);
  const photos = data.getAll("photos").filter((file) => file.size);
  return {
    ...Object.fromEntries(given([...WORDS, ...HINTS])),
    someone_hurt: data.has("someone_hurt"),
    elapsed_ms: Math.round(performance.now()),
    photos: await Promise.all(photos.map(packed)),
  };
}

/** Sends what `packReport` gave. `ok` is false for a refusal, `answer` what the server said; rejects without a server. */
export async function sendReport(body, url = REPORT_URL) {
  const response = await fetch(url, {
    method: "POST",
    credentials: "omit",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body),
  });
  const answer = await response.json().catch(() => ({}));
  return { ok: response.ok, status: response.status, answer, retryAfter: response.headers.get("Retry-After") };
}
