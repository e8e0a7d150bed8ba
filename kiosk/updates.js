/**
 * New versions of this app: the service worker fetches them whole, and they are activated between two citizens.
 */
const CHECK_TIMEOUT_MS = 10_000;

/** @type {ServiceWorkerRegistration | null} */
let registration = null;
let replaced = false;
/** @type {Promise<void> | null} */
let kept = null;
/** Whether no worker controlled the page when it was loaded: the first one takes over without a reload. */
let first = false;

/**
 * Without a service worker the app works, as long as the server is there when it is loaded.
 * @param {() => boolean} free whether the terminal is idle
 */
export function keepShell(free) {
  return (kept ??= register(free));
}

/** @param {() => boolean} free */
async function register(free) {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  first = !serviceWorker.controller;
  serviceWorker.addEventListener("controllerchange", () => {
    replaced ||= !first;
    first = false;
    if (replaced && free()) location.reload();
  });
  try {
    registration = await serviceWorker.register(new URL("worker.js", document.baseURI), { updateViaCache: "none" });
  } catch (unreachable) {
    console.warn(unreachable);
  }
}

/**
 * The app's files on this disk: how many are missing, and how many were fetched again since the page was loaded.
 * @type {{missing: number, restored: number}}
 */
export const files = { missing: 0, restored: 0 };

/** Fetches missing files of the app again, while there is a network. */
export async function checkShell() {
  const worker = registration?.active;
  if (!worker) return;
  const { port1, port2 } = new MessageChannel();
  const reported = new Promise((resolve) => (port1.onmessage = ({ data }) => resolve(data)));
  worker.postMessage("check", [port2]);
  const found = await Promise.race([reported, new Promise((resolve) => setTimeout(resolve, CHECK_TIMEOUT_MS))]);
  if (found) Object.assign(files, { missing: found.missing, restored: files.restored + found.restored });
}

/** Checks the server for a newer version; does nothing if the server cannot be reached. */
export async function lookForNewer() {
  await registration?.update().catch(console.warn);
}

/**
 * A version that does not work here gives way to the next one as soon as the server has it.
 * @param {() => boolean} free whether the terminal is idle
 */
export async function renew(free) {
  await keepShell(free);
  await lookForNewer();
  takeOver();
}

/** The terminal is idle: a version that waits takes over, and this page reloads with it. */
export function takeOver() {
  if (replaced) return location.reload();
  if (!registration?.waiting) return;
  first = false;
  registration.waiting.postMessage("take over");
}
