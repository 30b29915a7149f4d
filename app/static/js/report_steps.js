// One part of the form at a time. The same page and form: what is not on show is only hidden, and stays as it was filled.
// Steps are entries of the browser's history, so that its "back" goes one step back.

const ORDER = ["what", "where", "more"];

/** `may(step)` says whether "next" may leave the step. Gives {go, at}; the form tells each `step:shown` {step}. */
export function steps(form, { may, done }) {
  const page = form.closest("main");
  const parts = [...page.querySelectorAll("[data-step], [data-with]")];
  const links = [...page.querySelectorAll("[data-go]")];
  const [back, next, send] = ["back", "next", "send"].map((name) => form.querySelector(`[data-${name}]`));
  let at = null;

  function show(step, { focus = true } = {}) {
    at = step;
    for (const part of parts) part.hidden = (part.dataset.step ?? part.dataset.with) !== step && !(part.dataset.with === "danger" && step === "what");
    for (const link of links) link.toggleAttribute("aria-current", false);
    links.find((link) => link.dataset.go === step)?.setAttribute("aria-current", "step");
    refresh();
    back.hidden = step === "what";
    next.hidden = ["more", "same", "danger"].includes(step);
    send.hidden = step !== "more";
    if (focus) {
      const head = step === "danger" ? page.querySelector("[data-danger-for]:not([hidden]) h2") : page.querySelector(`#step-${step}`);
      head?.setAttribute("tabindex", "-1");
      scrollTo(0, 0);
      head?.focus({ preventScroll: true });
    }
    form.dispatchEvent(new CustomEvent("step:shown", { detail: { step } }));
  }
  function refresh() {
    for (const link of links) link.classList.toggle("is-done", done(link.dataset.go));
  }
  function go(step) {
    if (step === at) return;
    history.pushState({ step }, "");
    show(step);
  }
  const forward = () => ORDER[ORDER.indexOf(at) + 1];
  for (const link of links) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      go(link.dataset.go);
    });
  }
  back.addEventListener("click", () => history.back());
  next.addEventListener("click", () => {
    const other = may(at);
    if (other !== false) go(typeof other === "string" ? other : forward());
  });
  page.addEventListener("click", (event) => {
    if (!event.target.closest("[data-danger-on]")) return;
    event.preventDefault();
    if (at === "danger") return go("where");
    form.querySelector("#hazard_type").scrollIntoView();
    form.querySelector("[name=hazard_type]").focus({ preventScroll: true });
  });
  addEventListener("popstate", ({ state }) => state?.step && show(state.step));
  form.addEventListener("change", refresh);
  history.replaceState({ step: "what" }, "");
  for (const number of page.querySelectorAll("[data-number]")) number.hidden = false;
  function start(step) {
    form.classList.add("is-flow");
    history.replaceState({ step }, "");
    show(step, { focus: false });
  }
  return { go, start, at: () => at, refresh };
}
