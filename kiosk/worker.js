/**
 * Stores this app on the terminal's disk, complete and in one version. Every file is checked against its hash, so neither
 * a captive portal nor a server in the middle of an update can damage it. Submissions are not intercepted.
 * shell.js is the server's list of files.
 *
 * @typedef {object} Shell
 * @property {string} version
 * @property {Record<string, string>} files each with its hash; relative to this app's folder
 * @property {string} [cache] the start of the name of the app's cache, if another app's would be taken for it
 */
importScripts("shell.js");

const worker = /** @type {ServiceWorkerGlobalScope & {SHELL: Shell}} */ (/** @type {unknown} */ (self));
const { version, files, cache: PREFIX = "sipas-shell-" } = worker.SHELL;
const HOME = "./";
const CACHE = PREFIX + version;
/** The app's files by address. */
const PATHS = new Map(["shell.js", ...Object.keys(files)].map((path) => [new URL(path, location.href).pathname, path]));

worker.addEventListener("install", (event) => event.waitUntil(fetchShell()));
worker.addEventListener("activate", (event) => event.waitUntil(begin()));
worker.addEventListener("message", (event) => {
  if (event.data === "take over") void worker.skipWaiting();
  if (event.data === "check") event.waitUntil(mend().then((found) => event.ports[0]?.postMessage(found)));
});
worker.addEventListener("fetch", (event) => {
  const path = pathOf(event.request);
  if (path !== null) event.respondWith(fromDisk(path, event.request));
});

async function fetchShell() {
  const shell = await caches.open(CACHE);
  try {
    await Promise.all(Object.entries(files).map(([path, integrity]) => fetchFile(shell, path, integrity)));
    await putList(shell);
  } catch (problem) {
    await caches.delete(CACHE);
    throw problem;
  }
}

/** @param {Cache} shell */
async function putList(shell) {
  const list = `self.SHELL = ${JSON.stringify(worker.SHELL)};`;
  await shell.put("shell.js", new Response(list, { headers: { "Content-Type": "text/javascript" } }));
}

/**
 * Takes files that the page has just loaded from its cache, not from the network.
 * @param {Cache} shell
 * @param {string} path
 * @param {string} integrity
 */
async function fetchFile(shell, path, integrity) {
  const address = path === "index.html" ? HOME : path;
  const answer = await fetchAs("force-cache", address, integrity).catch(() => fetchAs("reload", address, integrity));
  await shell.put(address, answer);
}

/**
 * Rejects a file whose hash differs, such as a copy of an older version.
 * @param {RequestCache} cache
 * @param {string} address
 * @param {string} integrity
 */
async function fetchAs(cache, address, integrity) {
  const answer = await fetch(address, { integrity, cache, redirect: "error" });
  if (!answer.ok) throw new Error(`${address}: the server answered ${answer.status}`);
  return answer;
}

async function begin() {
  const old = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/**
 * Returns the place of a request's answer on disk; null: it is not a file of the app.
 * @param {Request} request
 * @returns {string | null}
 */
function pathOf(request) {
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return null;
  return request.mode === "navigate" ? HOME : (PATHS.get(pathname) ?? null);
}

/**
 * Fetches a missing file from the server and stores it.
 * @param {string} path
 * @param {Request} request
 * @returns {Promise<Response>}
 */
async function fromDisk(path, request) {
  const shell = await caches.open(CACHE);
  const kept = await shell.match(path);
  if (kept) return kept;
  await restore(shell, path === HOME ? "index.html" : path).catch(console.warn);
  return (await shell.match(path)) ?? fetch(request);
}

/**
 * Fetches files that are missing or damaged on the disk.
 * @returns {Promise<{missing: number, restored: number}>} missing: files that the server does not have either, or not now
 */
async function mend() {
  const shell = await caches.open(CACHE);
  const found = { missing: 0, restored: 0 };
  for (const path of ["shell.js", ...Object.keys(files)]) {
    if (await isWhole(shell, path)) continue;
    const restored = await restore(shell, path).then(() => true, () => false);
    found[restored ? "restored" : "missing"] += 1;
  }
  return found;
}

/**
 * @param {Cache} shell
 * @param {string} path
 */
async function isWhole(shell, path) {
  const kept = await shell.match(path === "index.html" ? HOME : path);
  if (!kept || path === "shell.js") return kept !== undefined;
  const hash = await crypto.subtle.digest("SHA-256", await kept.arrayBuffer());
  return files[path] === `sha256-${btoa(String.fromCharCode(...new Uint8Array(hash)))}`;
}

/**
 * @param {Cache} shell
 * @param {string} path
 */
async function restore(shell, path) {
  if (path === "shell.js") await putList(shell);
  else await fetchFile(shell, path, files[path] ?? "");
}
