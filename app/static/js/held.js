// The number of held reports that wait, asked for anew while the page is open. The list itself is not changed under the
// reader's hands: a link shows the new ones.
const EVERY_MS = 20_000;
const box = document.querySelector("[data-held]");
const title = document.title;

async function look() {
  if (document.hidden) return;
  const answer = await fetch(box.dataset.held, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const { number, text } = await answer.json();
  box.querySelector("[data-held-text]").textContent = text;
  document.title = number ? `(${number}) ${title}` : title;
  box.querySelector("[data-held-new]").hidden = number <= Number(box.dataset.number);
}

if (box) {
  setInterval(() => look().catch(() => {}), EVERY_MS);
  document.addEventListener("visibilitychange", () => look().catch(() => {}));
}
