// The receipt stands behind the "#" of the address, where no server sees it: put it into the field and send the form.

const form = document.querySelector("[data-receipt-form]");
const code = decodeURIComponent(location.hash.slice(1));

if (form && code && !form.querySelector("[aria-invalid]")) {
  form.elements.receipt.value = code;
  form.requestSubmit();
}
