// What is wrong with a report: all of it at once, each line leading to its field in its step.

/** `go(step)` shows a step. Gives {say, forget}; `say(errors, {call})` takes [{field, message}]. */
export function errorBox(form, go) {
  const box = form.querySelector("[data-report-error]");
  const controls = (name) => (name ? [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)] : []);

  function lead(control) {
    const part = control.closest("[data-step], [data-with]");
    if (part) go(part.dataset.step ?? part.dataset.with);
    control.closest("details")?.setAttribute("open", "");
    control.focus();
    control.scrollIntoView({ block: "center" });
  }
  function line({ field, message }) {
    const item = document.createElement("li");
    const [control] = controls(field);
    if (!control || control.type === "hidden") {
      item.textContent = message;
      return item;
    }
    const link = document.createElement("a");
    link.href = `#${field}`;
    link.textContent = message;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      lead(control);
    });
    item.append(link);
    return item;
  }
  return {
    say(errors, { call = false } = {}) {
      box.querySelector("ul").replaceChildren(...errors.map(line));
      box.querySelector("[data-call]").hidden = !call;
      for (const { field } of errors) for (const control of controls(field)) control.setAttribute("aria-invalid", "true");
      box.hidden = false;
      box.focus();
    },
    forget() {
      box.hidden = true;
      for (const control of form.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
    },
  };
}
