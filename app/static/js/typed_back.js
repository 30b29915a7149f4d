// What somebody typed whose session had ended: kept in this tab while they sign in, and put back into its form, once.
// sessionStorage, which ends with the tab, and for a quarter of an hour: a shared computer keeps no drafts. Without this
// script the words stand on the page, to be copied.

const KEY = "qauip-typed";
const LASTS_MS = 15 * 60_000;

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null; // no storage, or not ours
  }
}

function write(kept) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ ...kept, at: Date.now() }));
  } catch {
    // no storage: they can be copied
  }
}

function forget() {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // there was none
  }
}

function unfold(field) {
  for (let at = field.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
}

function putBack({ form: action, fields }) {
  const forms = [...document.querySelectorAll("form")];
  const form = forms.find((each) => new URL(each.action).pathname === decodeURI(action));
  if (!form) return false;
  let last = null;
  for (const [name, words] of fields) {
    const field = [...form.elements].find((each) => each.name === name && !each.value);
    if (!field) continue;
    field.value = words;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    last = field;
  }
  if (last) {
    unfold(last);
    last.focus();
    last.scrollIntoView({ block: "center" });
  }
  return last !== null;
}

const box = document.querySelector("[data-typed-kept]");
if (box) {
  write(JSON.parse(box.dataset.typedKept));
} else {
  const kept = read();
  const old = kept && Date.now() - kept.at > LASTS_MS;
  if (kept && (old || (kept.page === location.pathname && putBack(kept)))) forget();
}
