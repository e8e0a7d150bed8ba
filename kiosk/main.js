/**
 * Wiring: the disk, the server and the screens of this terminal.
 *
 * @typedef {import("./kiosk.js").Problem} Problem
 */
import { Refused, enrol, fetchConfig, send } from "./api.js";
import { UnusableConfig } from "./config.js";
import * as device from "./device.js";
import { Kiosk } from "./kiosk.js";
import { loadMessages } from "./messages.js";
import { openQueue } from "./queue.js";
import { Uploader } from "./uploader.js";

const REFRESH = 60_000; // ms between two looks for a new configuration
const RETRY = 10_000; // ms, while there is none

/** @type {Kiosk} */
let kiosk;
/** @type {import("./queue.js").Queue} */
let queue;
/** @type {Uploader} */
let uploader;
let refreshing = 0;

/** @param {import("./survey.js").Submission} submission */
async function keep(submission) {
  await queue.add(submission);
  void uploader.wake();
}

/**
 * @param {string} code
 * @returns {Promise<Problem | null>}
 */
async function enrolWith(code) {
  try {
    device.keepToken(await enrol(code));
  } catch (problem) {
    const refused = problem instanceof Refused && problem.status < 500 && problem.status !== 429;
    return refused ? "enrol.refused" : "enrol.unreachable";
  }
  await refresh();
  void uploader.wake();
  return null;
}

/** Asks for the configuration, now and again later. */
async function refresh() {
  clearTimeout(refreshing);
  const token = device.token();
  if (!token) return;
  try {
    const fresh = await fetchConfig(token, kiosk.config && device.etag());
    if (fresh) device.keepConfig(fresh.config, fresh.etag);
    if (fresh) kiosk.configure(fresh.config);
  } catch (problem) {
    withoutConfig(problem);
  }
  refreshing = setTimeout(refresh, kiosk.config ? REFRESH : RETRY);
}

/** @param {unknown} problem */
function withoutConfig(problem) {
  if (problem instanceof Refused && (problem.status === 401 || problem.status === 403)) {
    device.forgetConfig();
    kiosk.halt("enrol.unknown_device");
  } else if (!kiosk.config) {
    kiosk.halt(problem instanceof UnusableConfig ? "out.config" : "out.server");
  }
}

/** Trades the code in the address; a terminal that is enrolled already stays so when that code is spent. */
async function enrolFromAddress() {
  const code = decodeURIComponent(location.hash.slice(1)).trim();
  if (!code) return null;
  history.replaceState(null, "", location.pathname + location.search);
  return enrolWith(code);
}

async function boot() {
  addEventListener("contextmenu", (event) => event.preventDefault());
  const root = /** @type {HTMLElement} */ (document.getElementById("kiosk"));
  kiosk = new Kiosk(root, await loadMessages(), { keep, enrol: enrolWith });
  if (!isSecureContext || !("locks" in navigator)) return kiosk.halt("out.browser");
  try {
    queue = await openQueue();
  } catch (problem) {
    console.error(problem);
    return kiosk.halt("out.storage");
  }
  void navigator.storage?.persist?.();
  uploader = new Uploader(queue, (batch) => send(device.token() ?? "", batch));
  const kept = device.token() && device.config();
  if (kept) kiosk.configure(kept);
  void uploader.wake();
  const problem = await enrolFromAddress();
  if (!device.token()) return kiosk.halt(problem);
  await refresh();
}

void boot();
