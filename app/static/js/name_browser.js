// The address of this browser's messages goes along with the forms that end sessions: the own one here, and the messages
// with it, or all others, and the messages of all other browsers. A follower's subscription of the same browser is the
// same one, so it is not cancelled here.

const PATIENCE_MS = 1_000;

async function name(form) {
  const worker = await navigator.serviceWorker?.getRegistration();
  const subscription = await worker?.pushManager?.getSubscription();
  if (subscription) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "endpoint", value: subscription.endpoint }));
}

/** Resolves in a second at the latest, whatever the browser does. */
export function nameBrowser(form) {
  const slow = new Promise((done) => setTimeout(done, PATIENCE_MS));
  return Promise.race([name(form).catch(() => undefined), slow]);
}
