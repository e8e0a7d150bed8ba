/**
 * Wiring: the disk, the server and the screens of this terminal.
 *
 * @typedef {import("./kiosk.js").Problem} Problem
 */
import { Refused, enrol, fetchConfig, send, sendBeat } from "./api.js";
import { beat } from "./beat.js";
import { now } from "./clock.js";
import { UnusableConfig } from "./config.js";
import * as device from "./device.js";
import { guard } from "./guard.js";
import { Keeper } from "./keeper.js";
import { Kiosk } from "./kiosk.js";
import { loadMessages } from "./messages.js";
import { Queue } from "./queue.js";
import { onScan } from "./scanner.js";
import { keepShell, lookForNewer, renew, takeOver } from "./updates.js";
import { Uploader } from "./uploader.js";

const REFRESH = 60_000; // ms between two looks for a new configuration and two signs of life
const RETRY = 10_000; // ms, while there is no configuration

/** @type {Kiosk} */
let kiosk;
/** @type {import("./queue.js").Queue} */
let queue;
/** @type {Keeper} */
let keeper;
/** @type {Uploader} */
let uploader;
let refreshing = 0;

/** @type {import("./kiosk.js").Outside} */
const outside = {
  now,
  begin: (id) => keeper.begin(id),
  draft: (submission, id) => keeper.draft(submission, id),
  end: (submission, id) => keeper.end(submission, id),
  between: () => free() && takeOver(),
  enrol: enrolWith,
  beat: () => beat(queue, problem()),
  sendNow: () => {
    void uploader.wake();
    void refresh();
  },
};

/** Nobody is there, and no answer is in memory alone. */
function free() {
  return !kiosk?.busy && !keeper?.holds;
}

/** Why no citizen can be served, in a word. */
function problem() {
  return kiosk.full ? "storage" : (kiosk.problem?.split(".")[1] ?? null);
}

/**
 * @param {string} code
 * @returns {Promise<Problem | null>}
 */
async function enrolWith(code) {
  try {
    device.keepToken(await enrol(code, device.lastSequence()));
  } catch (problem) {
    const refused = problem instanceof Refused && problem.status < 500 && problem.status !== 429;
    return refused ? "enrol.refused" : "enrol.unreachable";
  }
  kiosk.start();
  await refresh();
  void uploader.wake();
  return null;
}

/** Asks for the configuration and gives a sign of life, now and again later. */
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
  await Promise.allSettled([outside.beat().then((state) => sendBeat(token, state)), lookForNewer()]);
  if (free()) takeOver();
  clearTimeout(refreshing);
  refreshing = setTimeout(refresh, kiosk.config ? REFRESH : RETRY);
}

/** @param {unknown} problem */
function withoutConfig(problem) {
  if (problem instanceof Refused && problem.status === 401 && problem.ours) {
    device.forgetConfig();
    kiosk.halt("enrol.unknown_device");
  } else if (!kiosk.config) {
    kiosk.halt(problem instanceof UnusableConfig ? "out.config" : "out.server");
  }
}

/** The enrolment code in the address, which is then forgotten. */
function codeFromAddress() {
  const code = location.hash.slice(1).trim();
  if (code) history.replaceState(null, "", location.pathname + location.search);
  return code;
}

/** Until the browser lets the terminal store something, it serves nobody. */
async function openStorage() {
  for (;;) {
    try {
      const opened = new Queue();
      await opened.state();
      device.token();
      return opened;
    } catch (problem) {
      console.error(problem);
      kiosk.halt("out.storage");
      void renew(free);
      await new Promise((resolve) => setTimeout(resolve, RETRY));
    }
  }
}

export async function boot() {
  const code = codeFromAddress();
  const root = /** @type {HTMLElement} */ (document.getElementById("kiosk"));
  kiosk = new Kiosk(root, await loadMessages(), outside);
  if (!isSecureContext || !("locks" in navigator)) return kiosk.halt("out.browser");
  guard(() => void kiosk.attend(), () => kiosk.unlocked);
  onScan((text) => kiosk.scanned(text));
  queue = await openStorage();
  keeper = new Keeper(queue, sendAll, {
    kept: () => void uploader.wake(),
    refused: () => kiosk.fill(true),
    recovered: () => kiosk.fill(false),
  });
  uploader = new Uploader(queue, sendAll);
  void navigator.storage.persist();
  const kept = device.token() && device.config();
  if (kept) kiosk.configure(kept);
  await keeper.settleAbandoned().catch(console.error);
  void uploader.wake();
  void keepShell(free);
  const problem = code ? await enrolWith(code) : null; // with a spent code an enrolled terminal stays so
  if (!device.token()) return kiosk.halt(problem);
  if (!code || problem) await refresh();
}

/** @type {import("./uploader.js").Send} */
function sendAll(batch) {
  return send(device.token() ?? "", batch);
}
