/**
 * New versions of this app: fetched whole by the service worker, taken over between two citizens.
 */
/** @type {ServiceWorkerRegistration | null} */
let registration = null;
let replaced = false;

/** Without a service worker the app works, as long as the server is there when it is loaded. */
export async function keepShell() {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  const first = !serviceWorker.controller;
  serviceWorker.addEventListener("controllerchange", () => (replaced = !first || replaced));
  try {
    registration = await serviceWorker.register(new URL("worker.js", import.meta.url), { updateViaCache: "none" });
  } catch (unreachable) {
    console.warn(unreachable);
  }
}

/** Asks the server for a newer version; in vain where it cannot be reached. */
export async function lookForNewer() {
  await registration?.update().catch(console.warn);
}

/** Nobody is there: a version that waits takes over, and this page begins anew with it. */
export function takeOver() {
  if (replaced) return location.reload();
  if (!registration?.waiting) return;
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  registration.waiting.postMessage("take over");
}
