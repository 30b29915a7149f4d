// The receipt stands behind the "#" of the address, where no server sees it: put it into the field and send the form.
// The answer puts it back there, so that the page can be kept, come back to, and read in another language.

const FRESH = "~new"; // behind the code right after sending: say thank you
const form = document.querySelector("[data-receipt-form]");
const shown = document.querySelector("[data-receipt]");
const given = decodeURIComponent(location.hash.slice(1));

if (form && given && !form.querySelector("[aria-invalid]")) {
  form.elements.receipt.value = given.replace(FRESH, "");
  form.elements.fresh.value = given.endsWith(FRESH) ? "1" : "";
  form.requestSubmit();
}

if (shown) {
  history.replaceState(null, "", `#${shown.dataset.receipt}`);
  for (const link of document.querySelectorAll("[data-language]")) link.hash = shown.dataset.receipt;
}
