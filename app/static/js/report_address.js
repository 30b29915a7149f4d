// What the address says of a report: a poster's code brings its kind and its place. The server fills them in; without a
// network the kept page stands in for the form, and knows no address.
const PAIR = /^\s*(-?\d+(?:\.\d+)?)[\s,;]+(-?\d+(?:\.\d+)?)\s*$/;

function pairOf(asked) {
  const found = PAIR.exec(asked.get("place") ?? `${asked.get("lat")},${asked.get("lon")}`);
  const [lat, lon] = (found ?? []).slice(1).map(Number);
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? [lat, lon] : null;
}

const changed = (control) => control.dispatchEvent(new Event("change", { bubbles: true }));

/** Fill in what no one has filled in yet. */
export function fromAddress(form) {
  const asked = new URLSearchParams(location.search);
  const kind = form.querySelector(`[name=hazard_type][value="${CSS.escape(asked.get("type") ?? "")}"]`);
  if (kind && !form.querySelector("[name=hazard_type]:checked")) {
    kind.checked = true;
    kind.closest("details")?.setAttribute("open", "");
    changed(kind);
  }
  const { lat, lon } = form.elements;
  const pair = pairOf(asked);
  if (!pair || lat.value || lon.value) return;
  [lat.value, lon.value] = pair.map((number) => number.toFixed(6));
  changed(lat);
}
