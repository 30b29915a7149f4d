// A report as JSON: packed from the form, and sent without a cookie. The one place that knows the body's fields;
// whoever keeps reports for later packs now and sends the same body then. `sendReport` touches no page, so that a
// worker may call it.
import { packed } from "./photo.js";

const WORDS = ["client_id", "hazard_type", "lat", "lon", "description", "geometry", "joins", "not_these", "website"];
const HINTS = ["sign", "network", "voltage", "setting", "hidden", "water"];
const PATIENCE_MS = 25_000;
const SLOWEST = 20; // with somebody looking on
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

/** How many milliseconds an answer may take: photos need their time, and a network that stands still must hold nobody.
 * `slowest`: bytes in a millisecond. */
export function mayTake({ photos = [] }, slowest = SLOWEST) {
  return PATIENCE_MS + Math.round(photos.reduce((sum, photo) => sum + photo.length, 0) / slowest);
}

/** A network that asks to sign in answers in our name, with 200 and a page. Ours names the report, or what is near, or why
 * not; of a server that is down or busy, or finds it too large, what stands before it may speak. */
function isOurs(status, answer) {
  if (status >= 500 || [408, 413, 429].includes(status)) return true;
  return status < 400 ? Boolean(answer?.reference || answer?.near) : Boolean(answer?.error);
}

/** Sends what `packReport` gave. `ok` is false for a refusal, `answer` what the server said; rejects without a server, or
 * without an answer of ours `withinMs`. */
export async function sendReport(body, url = REPORT_URL, { withinMs = mayTake(body) } = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), withinMs);
  try {
    const response = await fetch(url, {
      method: "POST",
      credentials: "omit",
      redirect: "error",
      signal: stop.signal,
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify(body),
    });
    const answer = await response.json().catch(() => null);
    if (stop.signal.aborted || !isOurs(response.status, answer)) throw new Error("no answer of the server");
    return { ok: response.ok, status: response.status, answer: answer ?? {}, retryAfter: response.headers.get("Retry-After") };
  } finally {
    clearTimeout(timer);
  }
}
