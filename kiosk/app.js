/** Wiring: the disk, the server and the screens of this terminal. */
import { Refused, enrol, fetchConfig, send, sendHeartbeat } from "./api.js";
import { readHeartbeat } from "./heartbeat.js";
import { known, now, stamp } from "./clock.js";
import { UnusableConfig } from "./config.js";
import { dateAll } from "./dating.js";
import * as device from "./device.js";
import { guard } from "./guard.js";
import { DraftStore } from "./draft_store.js";
import { Kiosk } from "./kiosk.js";
import { loadMessages } from "./messages.js";
import { Queue } from "./queue.js";
import { listenForPresses } from "./press.js";
import { onScan } from "./scanner.js";
import { checkShell, keepShell, lookForNewer, renew, takeOver } from "./updates.js";
import { Uploader } from "./uploader.js";
import { stayAwake } from "./wake.js";

const REFRESH_MS = 60_000; // between two requests for the configuration, and between two heartbeats
const CONFIG_RETRY_MS = 10_000; // while there is no configuration

/** @type {Kiosk} */
let kiosk;
let refreshing = 0;
/** Start of the current survey, in the page's running time. */
let begun = 0;
/** Whether waiting submissions may have provisional times. */
let undated = true;
const queue = new Queue();
const uploader = new Uploader(queue, sendAll, dateWaiting);
const draftStore = new DraftStore(queue, sendAll, {
  kept: () => void uploader.wake(),
  refused: () => kiosk.fill(true),
  recovered: () => kiosk.fill(false),
});

/** @type {import("./kiosk.js").Outside} */
const outside = {
  now,
  begin: (id) => {
    begun = performance.now();
    draftStore.begin(id);
  },
  draft: (submission, id) => draftStore.draft(submission && stamped(submission), id),
  end: (submission, id) => draftStore.end(submission && stamped(submission), id),
  between: () => free() && takeOver(),
  enrol: enrolWith,
  heartbeat: () => readHeartbeat(queue, problem()),
  sendNow: async () => {
    await Promise.all([uploader.wake(), refresh()]);
  },
};

/** Whether the terminal is idle and every answer is on disk. */
function free() {
  return !kiosk?.busy && !draftStore.holds;
}

/** @param {import("./survey.js").Submission} submission */
function stamped(submission) {
  undated ||= !known();
  return stamp(submission, begun);
}

/** Sends only after the server's time is known and waiting submissions have their times. */
async function dateWaiting() {
  if (!known()) await sendHeartbeat(device.token() ?? "", await outside.heartbeat()).catch(unlessHeard);
  const clock = known();
  if (!undated || !clock) return;
  await queue.redate(clock);
  undated = false;
}

/** A refusal counts as contact: it carries the server's time too. @param {unknown} problem */
function unlessHeard(problem) {
  if (!known()) throw problem;
}

/** The code of the reason why the terminal is out of service. */
function problem() {
  return kiosk.problem?.split(".")[1] ?? null;
}

/**
 * @param {string} code
 * @returns {Promise<import("./kiosk.js").Refusal | null>}
 */
async function enrolWith(code) {
  try {
    const wanted = device.tokenFor(code);
    await queue.keepEnrolment(device.enrolment()); // before the code is spent
    const token = await enrol(code, wanted, device.lastSequence());
    await queue.keepEnrolment(device.enrolment(token));
    device.keepToken(token);
  } catch (problem) {
    const refused = problem instanceof Refused && problem.status < 500 && problem.status !== 429;
    return refused ? "enrol.refused" : "enrol.unreachable";
  }
  kiosk.halt("out.server"); // until its own configuration comes
  kiosk.start();
  await refresh();
  void uploader.wake();
  return null;
}

/** Requests the configuration and sends a heartbeat, now and at intervals. */
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
  await checkShell();
  await Promise.all([tell(), lookForNewer()]);
  if (free()) takeOver();
  clearTimeout(refreshing);
  refreshing = setTimeout(refresh, kiosk.config ? REFRESH_MS : CONFIG_RETRY_MS);
}

/** Sends a heartbeat; a server that does not answer is no error. */
async function tell() {
  const token = device.token();
  if (token) await outside.heartbeat().then((state) => sendHeartbeat(token, state)).catch(console.warn);
}

/** @param {unknown} problem */
function withoutConfig(problem) {
  if (problem instanceof Refused && problem.status === 401 && problem.ours) {
    device.forgetConfig();
    kiosk.halt("out.retired");
  } else if (!kiosk.config) {
    kiosk.halt(problem instanceof UnusableConfig ? "out.config" : "out.server");
  }
}

/** Returns the enrolment code in the page's address, and removes it from the address. */
function codeFromAddress() {
  const code = location.hash.slice(1).trim();
  if (code) history.replaceState(null, "", location.pathname + location.search);
  return code;
}

/** Waits until the terminal can store something; until then it is out of service. */
async function untilStorageWorks() {
  for (;;) {
    try {
      return await queue.state();
    } catch (problem) {
      console.error(problem);
      kiosk.fill(true);
      void renew(free);
      await Promise.all([tell(), new Promise((resolve) => setTimeout(resolve, CONFIG_RETRY_MS))]);
    }
  }
}

export async function boot() {
  const code = codeFromAddress();
  const root = /** @type {HTMLElement} */ (document.getElementById("kiosk"));
  kiosk = new Kiosk(root, await loadMessages(), outside);
  if (!isSecureContext || !("locks" in navigator)) return kiosk.halt("out.browser");
  kiosk.pin = device.pin();
  guard(() => kiosk.attend(), () => kiosk.unlocked);
  onScan((text) => kiosk.scanned(text));
  listenForPresses(root);
  stayAwake();
  await untilStorageWorks();
  void navigator.storage.persist();
  await recallEnrolment().catch(console.error);
  recall();
  kiosk.fill(false);
  await draftStore.settleAbandoned().catch(console.error);
  void queue.tidy();
  void uploader.wake();
  void keepShell(free);
  const refusal = code ? await enrolWith(code) : null; // with a spent code an enrolled terminal stays so
  if (!device.token()) return kiosk.askForCode(refusal);
  if (!code || refusal) await refresh();
}

/** The token on disk counts: the browser may have lost its own copy, or never had time to write it. */
async function recallEnrolment() {
  const kept = await queue.enrolment();
  if (kept) device.restoreEnrolment(kept);
  else if (device.token()) await queue.keepEnrolment(device.enrolment());
}

/** The configuration that this terminal had before it was switched off. */
function recall() {
  if (!device.token()) return;
  const kept = device.config();
  if (kept) kiosk.configure(kept);
  else kiosk.halt("out.server");
}

/** @type {import("./uploader.js").Send} */
function sendAll(batch) {
  const clock = known();
  const dated = clock ? dateAll(batch, clock) : batch.map(({ undated: _, ...guess }) => guess);
  return send(device.token() ?? "", dated);
}
