// Follow by messages of this browser: offered only where they work, and asked for only when the button is pressed.
// The service worker (/sw.js) shows what comes: JSON of title, text and url.

const forms = document.querySelectorAll("form[data-push]");
export const able = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

const bytes = (text) => {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
};

export const subscribe = async (keyUrl) => {
  const worker = await navigator.serviceWorker.ready;
  const known = await worker.pushManager.getSubscription();
  if (known) return known;
  const { key } = await (await fetch(keyUrl, { credentials: "omit" })).json();
  return worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
};

const follow = async (form) => {
  if ((await Notification.requestPermission()) !== "granted") return false;
  const subscription = await subscribe(form.dataset.pushKey);
  const subject = Object.fromEntries(new FormData(form));
  const answer = await fetch(form.dataset.push, {
    method: "POST",
    credentials: "omit",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify({ ...subject, channel: "push", subscription }),
  });
  return answer.ok;
};

for (const form of able ? forms : []) {
  form.hidden = false;
  const said = form.querySelector("[data-push-said]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const done = await follow(form).catch(() => false);
    said.textContent = done ? said.dataset.done : said.dataset.failed;
  });
}
