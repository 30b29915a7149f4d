// The filter form: a plain GET form without script; with it, each change redraws the map and is kept in the address.

/** What the form asks for, for the server: always with the states, so that the address is complete. */
function asked(form) {
  return new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
}

/** The same for the address bar: without the states where they are the usual ones. */
function shortened(form, query) {
  const short = new URLSearchParams(query);
  if (query.getAll("status").join(" ") === form.dataset.usualStatus) short.delete("status");
  return short.size ? `?${short}` : "";
}

function showCount(form) {
  const badge = form.querySelector("[data-filter-count]");
  const number = form.querySelectorAll("input[name=type]:checked").length;
  badge.textContent = number || "";
  badge.hidden = !number;
}

/** filters(onChange) -> {query()}; onChange gets the part of the address after the path. */
export function filters(onChange) {
  const form = document.querySelector("form[data-map-filters]");
  const sheet = form.querySelector("details");
  const changed = () => {
    showCount(form);
    onChange(shortened(form, asked(form)));
  };
  // the states stand beside the list, outside the form's element: their changes do not rise through it
  document.addEventListener("change", ({ target }) => target.form === form && changed());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    sheet.open = false;
    sheet.querySelector("summary").focus();
  });
  form.querySelector("[data-clear-filters]").addEventListener("click", (event) => {
    event.preventDefault();
    for (const box of form.querySelectorAll("input[name=type], input[name=group]")) box.checked = false;
    changed();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !sheet.open) return;
    sheet.open = false;
    sheet.querySelector("summary").focus();
  });
  showCount(form);
  return { query: () => asked(form) };
}
