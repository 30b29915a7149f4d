// Messages of this browser for somebody of the staff: the same subscription as a follower's (push.js), kept for the
// account by a request with the form's token.

import { able, subscribe } from "./push.js";

const keep = async (form) => {
  if ((await Notification.requestPermission()) !== "granted") return false;
  const subscription = await subscribe(form.dataset.pushKey);
  const answer = await fetch(form.dataset.staffPush, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": form.elements.csrf_token.value },
    body: JSON.stringify({ subscription }),
  });
  return answer.ok;
};

for (const form of able ? document.querySelectorAll("form[data-staff-push]") : []) {
  form.hidden = false;
  const said = form.querySelector("[data-push-said]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const done = await keep(form).catch(() => false);
    said.textContent = done ? said.dataset.done : said.dataset.failed;
  });
}
