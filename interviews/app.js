/** Wiring: the disk, the server and the screens of an interviewer's tablet. */
import { Refused } from "../kiosk/api.js";
import { known, now, stamp } from "../kiosk/clock.js";
import { DraftStore } from "../kiosk/draft_store.js";
import { Queue } from "../kiosk/queue.js";
import { keepShell, lookForNewer, takeOver } from "../kiosk/updates.js";
import { Uploader } from "../kiosk/uploader.js";
import { isOutdated, visitKey } from "./households.js";
import * as records from "./records.js";
import * as server from "./server.js";
import { Tablet } from "./tablet.js";
import { loadWords } from "./words.js";

/**
 * @typedef {import("./interview.js").Draft} Draft
 * @typedef {import("./households.js").Visit} Visit
 * @typedef {import("../kiosk/survey.js").Submission} Submission
 */
const REFRESH_MS = 60_000; // between two looks at the server
const WAITING_MAX = 10_000; // interviews read from the disk; no tablet holds as many
const SIGN_OUT_STATUS = 401;

const queue = new Queue("sipas-interviews", new URL("key_file.js", import.meta.url));
const uploader = new Uploader(queue, sendAll, prepare);
const draftStore = new DraftStore(queue, sendAll, {
  kept: () => void uploader.wake(),
  refused: () => tablet.setDisk(false),
  recovered: () => tablet.setDisk(true),
});
/** @type {Tablet} */
let tablet;
/** @type {records.Session | null} */
let session = null;
/** When the current interview began, in the page's running time. */
let begun = 0;
let timer = 0;

/** @type {import("./tablet.js").Outside} */
const outside = {
  now,
  signIn,
  signOut,
  refresh,
  begin(id) {
    begun = performance.now();
    draftStore.begin(id);
  },
  draft: (draft) => draftStore.draft(dated(draft), draft.id),
  end: (draft) => draftStore.end(dated(draft), draft.id),
  forget: (id) => draftStore.end(null, id).then(() => {}),
  keepVisit: records.keepVisit,
  understood: records.forgetRefusal,
  between: () => !draftStore.holds && takeOver(),
  look,
};

/** Marks it, so that it gets the server's time if the tablet's clock is wrong. @param {Draft} draft */
function dated(draft) {
  const { started_at: started, ...rest } = draft;
  const stamped = stamp({ ...rest, started_at: started }, begun);
  return /** @type {Draft} */ ({ ...stamped, started_at: stamped.undated ? stamped.started_at : started });
}

/** Reads what is on the disk, for the list of households. */
async function look() {
  const [drafts, waiting, visits, refusals] = await Promise.all([
    queue.drafts(),
    queue.oldest(WAITING_MAX),
    records.visits(),
    records.refusals(),
  ]);
  return { drafts: /** @type {Draft[]} */ (drafts), waiting: /** @type {Draft[]} */ (waiting), visits, refusals };
}

/**
 * @param {string} name
 * @param {string} password
 * @returns {Promise<import("./tablet.js").SignInFault | null>} null: signed in
 */
async function signIn(name, password) {
  try {
    session = await server.signIn(name, password);
  } catch (problem) {
    const status = problem instanceof Refused ? problem.status : 0;
    if (status === 401) return "failed";
    if (status === 403) return "no_interviewer";
    return status === 429 ? "too_many" : "unreachable";
  }
  await records.forgetSession();
  await records.keepSession(session);
  tablet.assign(session.name, null);
  void navigator.storage.persist?.();
  await refresh();
  return null;
}

async function signOut() {
  const { token } = session ?? { token: "" };
  await records.forgetSession();
  session = null;
  await server.signOut(token).catch(console.warn);
}

/** The server has ended the session: what waits stays on the disk for the next sign-in. */
async function endSession() {
  session = null;
  await records.forgetSession();
  await tablet.signedOut();
}

/** Fetches the assignment and sends what waits, now and at intervals. */
async function refresh() {
  clearTimeout(timer);
  timer = setTimeout(refresh, REFRESH_MS);
  if (!session) return;
  try {
    await sendVisits(session.token);
    await fetchAssignment(session.token);
    tablet.setOnline(true);
    await uploader.wake();
    await lookForNewer();
  } catch (problem) {
    if (problem instanceof Refused && problem.status === SIGN_OUT_STATUS && problem.ours) await endSession();
    else tablet.setOnline(false);
  }
  await tablet.update();
}

/** @param {string} token */
async function fetchAssignment(token) {
  const kept = await records.assignment();
  const fresh = await server.fetchAssignment(token, kept?.etag ?? null);
  if (!fresh) return;
  await records.keepAssignment(fresh);
  await forgetOutdated(fresh.assignment);
  await endOrphans(fresh.assignment);
  tablet.assign(fresh.assignment.name, fresh.assignment);
}

/** Forgets visits that the server knows. @param {import("./interview.js").Assignment} assignment */
async function forgetOutdated({ round, households }) {
  const byKey = new Map(households.map((one) => [visitKey(round, one.questionnaire), one]));
  for (const visit of await records.visits()) {
    const household = byKey.get(visit.key);
    if (household && visit.sent && isOutdated(visit, household)) await records.forgetVisit(visit.key);
  }
}

/**
 * Ends interviews that cannot be continued: of a household that is done or assigned to another, or of another round.
 * @param {import("./interview.js").Assignment} assignment
 */
async function endOrphans({ round, households }) {
  const open = new Set(households.filter(({ state }) => state !== "done").map((one) => visitKey(round, one.questionnaire)));
  for (const draft of /** @type {Draft[]} */ (await queue.drafts())) {
    if (draft.id === tablet.interview?.id || open.has(visitKey(draft.round, draft.questionnaire))) continue;
    await queue.add(draft);
  }
}

/** @param {string} token */
async function sendVisits(token) {
  const unsent = (await records.visits()).filter((visit) => !visit.sent);
  if (unsent.length === 0) return;
  const results = await server.sendVisits(token, unsent);
  for (const [place, visit] of unsent.entries()) await settleVisit(visit, results[place]?.status);
}

/**
 * @param {Visit} visit
 * @param {"recorded" | "done" | "unknown" | undefined} status
 */
async function settleVisit(visit, status) {
  if (status === "recorded") {
    const last = (await records.visits()).find(({ key }) => key === visit.key);
    if (last?.visits === visit.visits) await records.keepVisit({ ...visit, sent: true });
  } else if (status) {
    if (status === "unknown") await refuse(visit.key, visit.questionnaire, "unknown");
    await records.forgetVisit(visit.key);
  }
}

/**
 * @param {string} key
 * @param {string} questionnaire
 * @param {import("./households.js").Fault} fault
 */
async function refuse(key, questionnaire, fault) {
  await records.keepRefusal({ key, questionnaire, fault });
}

/** Interviews get their times before they are sent. */
async function prepare() {
  const clock = known();
  if (!clock) throw new TypeError("the server's time is not known");
  await queue.redate(clock);
}

/** @type {import("../kiosk/uploader.js").Send} */
async function sendAll(submissions) {
  if (!session) throw new Refused(SIGN_OUT_STATUS);
  const interviews = /** @type {Draft[]} */ (submissions);
  const results = await server.sendAnswers(session.token, interviews);
  for (const { id, status } of results) {
    const interview = interviews.find((one) => one.id === id);
    if (!interview || (status !== "conflict" && status !== "quarantined")) continue;
    const { round, questionnaire } = interview;
    await refuse(id, questionnaire, status === "conflict" ? "other_tablet" : "not_accepted");
    if (status === "quarantined") await records.forgetVisit(visitKey(round, questionnaire));
  }
  setTimeout(() => void tablet.update()); // after they have left the queue
  return results;
}

export async function boot() {
  await loadWords();
  const root = /** @type {HTMLElement} */ (document.getElementById("app"));
  tablet = new Tablet(root, outside);
  void keepShell(() => tablet.idle && !draftStore.holds);
  session = await records.session();
  const kept = await records.assignment();
  if (session) tablet.assign(session.name, kept?.assignment ?? null);
  await tablet.home();
  addEventListener("online", () => void refresh());
  await refresh();
}
