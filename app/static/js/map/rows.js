// Markup lives in <template> elements that Jinja wrote; here they are only filled, as text.
import { hazardMark } from "./icons.js";

function fillText(slot, item) {
  const text = item[slot.dataset.text] ?? "";
  slot.textContent = text;
  slot.hidden = !text;
}

/** A copy of the page's <template id=…> with `item`'s values: data-text, data-if, data-href, data-mark. */
export function filled(templateId, item) {
  const root = document.getElementById(templateId).content.firstElementChild.cloneNode(true);
  const all = (selector) => [...root.querySelectorAll(selector)];
  all("[data-text]").forEach((slot) => fillText(slot, item));
  all("[data-if]").forEach((slot) => { slot.hidden = !item[slot.dataset.if]; });
  all("[data-href]").forEach((link) => { link.href = item.url; });
  all("[data-mark]").forEach((slot) => slot.replaceChildren(hazardMark(item)));
  if (root.dataset.label) root.setAttribute("aria-label", item[root.dataset.label]);
  Object.assign(root.dataset, { ref: item.ref, status: item.status, state: item.state });
  return root;
}
