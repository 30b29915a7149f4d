// Passkeys: a form marked `data-passkey` asks the server for a challenge at that address, lets the browser make
// ("create") or show ("get") a passkey, puts the answer into its field and is sent as any other form.
import { nameBrowser } from "./name_browser.js";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const known = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

function asked(options, ceremony) {
  const publicKey = { ...options, challenge: bytes(options.challenge) };
  if (ceremony === "get") return { publicKey: { ...publicKey, allowCredentials: known(options.allowCredentials) } };
  const user = { ...options.user, id: bytes(options.user.id) };
  return { publicKey: { ...publicKey, user, excludeCredentials: known(options.excludeCredentials) } };
}

function answered(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response });
}

async function options(form) {
  const answer = await fetch(form.dataset.passkey, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
  const told = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(told.error), { sentence: told.message });
  return told;
}

async function run(form) {
  const { ceremony } = form.dataset;
  const credential = await navigator.credentials[ceremony](asked(await options(form), ceremony));
  form.elements.credential.value = answered(credential);
  const password = form.elements.password;
  if (password) password.value = ""; // it was checked: it need not travel twice
  if (ceremony === "create") await nameBrowser(form); // a new passkey ends other sessions
  form.submit();
}

function tell(form, sentence) {
  const line = form.querySelector("[data-problem]");
  if (sentence) line.querySelector("span").textContent = sentence;
  line.hidden = false;
}

if (window.PublicKeyCredential && window.isSecureContext) {
  for (const note of document.querySelectorAll("[data-without-passkeys]")) note.hidden = true;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      form.querySelector("[data-problem]").hidden = true;
      run(form).catch((problem) => tell(form, problem.sentence));
    });
  }
}
