// A hazard's page of the staff: who else looks at it, ready texts into their field, colleagues by @. Without this script
// the page names those who looked when it was loaded, a ready text loads the page with it, and a list offers colleagues.
// Polling by fetch, and only while the page is seen: a socket for each page would hold a thread of the server (decisions §25).
import { offerColleagues } from "./mentions.js";

const EVERY_MS = 20_000;

function keepPresence(box) {
  const who = box.querySelector(".presence-who");
  const seen = { version: Number(box.dataset.version), seen: Number(box.dataset.seen) };
  let timer = 0;
  let over = false;
  async function tell() {
    clearTimeout(timer);
    if (over || document.hidden) return;
    try {
      const answer = await fetch(box.dataset.presence, {
        method: "POST",
        headers: { Accept: "application/json", "Content-Type": "application/json" },
        body: "{}",
      });
      over = [401, 403, 404].includes(answer.status); // signed out, or passed on to somebody else
      if (answer.ok) show(await answer.json());
      else if (answer.status === 404) box.querySelector("[data-changed]").hidden = false;
    } catch {
      // no network: the next time
    }
    if (!over) timer = setTimeout(tell, EVERY_MS);
  }
  function show({ said, version, seen: last }) {
    if (who.querySelector("[data-who]").textContent !== said) who.querySelector("[data-who]").textContent = said;
    who.toggleAttribute("data-empty", !said);
    if (version !== seen.version || last > seen.seen) box.querySelector("[data-changed]").hidden = false;
  }
  document.addEventListener("visibilitychange", tell);
  timer = setTimeout(tell, EVERY_MS);
}

/** A ready text goes to where the field ends: what was typed stays. */
function useText(link) {
  const field = document.getElementById(link.dataset.into);
  field.value = field.value.trim() ? `${field.value.trimEnd()}\n\n${link.dataset.template}` : link.dataset.template;
  link.closest("details").open = false;
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-template]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  useText(link);
});
document.querySelectorAll("[data-presence]").forEach(keepPresence);
document.querySelectorAll("[data-note-box]").forEach(offerColleagues);
