// Asks about the chosen kind of hazard only what matters for it. Without script all of them stand there: each may be
// left empty.

/** The answers that are on show; what is hidden is not sent. */
export function askByKind(form) {
  const box = form.querySelector("[data-questions]");
  const questions = [...box.querySelectorAll("[data-asked-for]")];
  const show = (question, on) => {
    question.hidden = !on;
    for (const control of question.querySelectorAll("select, input")) control.disabled = !on;
  };
  const choose = () => {
    const kind = new FormData(form).get("hazard_type");
    for (const question of questions) show(question, question.dataset.askedFor.split(" ").includes(kind));
    box.hidden = questions.every((question) => question.hidden);
  };
  form.addEventListener("change", ({ target }) => target.name === "hazard_type" && choose());
  choose();
}
