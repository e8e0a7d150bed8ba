/**
 * Sends queued submissions, oldest first, one batch at a time and from one tab at a time, until none wait.
 * A submission leaves the queue only after the server has acknowledged it. A submission that the server cannot accept is
 * found by halving the batch, skipped after a pause so that it blocks no other, and retried in the next round.
 * Batches are also halved on a slow connection.
 *
 * @typedef {import("./queue.js").Queue} Queue
 * @typedef {import("./survey.js").Submission} Submission
 * @typedef {import("./api.js").Result} Result
 * @typedef {(batch: Submission[]) => Promise<Result[]>} Send
 */
import { Refused } from "./api.js";

const SETTLED = new Set(["stored", "duplicate", "conflict", "quarantined"]);
const BATCH = 100;
const PAUSE_MAX_SECONDS = 300;
const SKIP_PAUSE_MAX_SECONDS = 5; // after a submission that the server cannot accept: others wait behind it
const RETRY_AFTER_MAX_SECONDS = 3600; // that the server may ask for
const EMPTY_QUEUE_SECONDS = 60; // between two looks at an empty queue
const OTHER_TAB_SECONDS = 5; // while another tab is sending

/** Thrown if the server's answer acknowledges none of the submissions. */
export class Unaccounted extends Error {}

/**
 * Returns the seconds to wait after so many failures in a row. They double, with jitter so that terminals spread out.
 * @param {number} failures
 * @param {number} chance from 0 to 1
 * @returns {number}
 */
export function pause(failures, chance) {
  return Math.min(PAUSE_MAX_SECONDS, 2 ** failures) * (0.5 + chance / 2);
}

/**
 * Whether a failure may be caused by the submissions, not by the network, the token or the server's load.
 * @param {unknown} problem
 */
export function liesWithBatch(problem) {
  return problem instanceof Unaccounted || (problem instanceof Refused && [400, 413, 422, 500].includes(problem.status));
}

/** Whether the server itself has failed. @param {unknown} problem */
function isTrouble(problem) {
  return problem instanceof Refused && problem.status === 500;
}

/** @param {unknown} problem */
function isTooSlow(problem) {
  return problem instanceof DOMException && problem.name === "TimeoutError";
}

export class Uploader {
  #queue;
  #send;
  #prepare;
  #failures = 0;
  #batch = BATCH;
  /** Submissions up to this id were sent or skipped in this round. @type {string | null} */
  #after = null;
  #running = false;
  #again = false;
  #timer = 0;

  /**
   * @param {Queue} queue
   * @param {Send} send
   * @param {() => Promise<void>} [prepare] what comes before anything is sent
   */
  constructor(queue, send, prepare = async () => {}) {
    this.#queue = queue;
    this.#send = send;
    this.#prepare = prepare;
    addEventListener("online", () => this.wake());
  }

  /** Starts sending at once, unless this tab or another is sending. */
  async wake() {
    this.#again = true;
    if (this.#running) return;
    this.#running = true;
    clearTimeout(this.#timer);
    const seconds = await this.#drainAlone();
    this.#running = false;
    this.#timer = setTimeout(() => this.wake(), 1000 * seconds);
  }

  /** @returns {Promise<number>} seconds until the next try */
  async #drainAlone() {
    try {
      return await navigator.locks.request("sipas-uploader", { ifAvailable: true }, (lock) =>
        lock ? this.#drain() : OTHER_TAB_SECONDS,
      );
    } catch (problem) {
      console.error(problem);
      return OTHER_TAB_SECONDS;
    }
  }

  /** @returns {Promise<number>} seconds until the next try */
  async #drain() {
    try {
      await this.#prepare();
      for (let first = true; await this.#sendBatch(first); first = false);
      this.#failures = 0;
      return EMPTY_QUEUE_SECONDS;
    } catch (problem) {
      this.#failures += 1;
      const asked = problem instanceof Refused ? problem.retryAfter : 0;
      const wait = pause(this.#failures, Math.random());
      const longest = liesWithBatch(problem) && !isTrouble(problem) ? SKIP_PAUSE_MAX_SECONDS : PAUSE_MAX_SECONDS;
      return Math.max(Math.min(wait, longest), Math.min(asked, RETRY_AFTER_MAX_SECONDS));
    }
  }

  /**
   * @param {boolean} first of this run: behind what was passed over in the last one
   * @returns {Promise<boolean>} whether more may wait
   */
  async #sendBatch(first) {
    this.#again = false;
    const batch = await this.#queue.oldest(this.#batch, this.#after);
    if (batch.length === 0) {
      const begun = first && this.#after !== null;
      this.#after = null;
      return begun || this.#again;
    }
    try {
      await this.#queue.remove(accounted(batch, await this.#send(batch)));
      this.#failures = 0;
      this.#batch = Math.min(BATCH, 2 * this.#batch);
    } catch (problem) {
      const blamed = liesWithBatch(problem);
      const alone = batch.length === 1;
      if (!alone && (blamed || isTooSlow(problem))) this.#batch = Math.ceil(batch.length / 2);
      if (alone && blamed) this.#after = batch[0]?.id ?? null;
      if (alone || !blamed || isTrouble(problem)) throw problem;
    }
    return true;
  }
}

/**
 * Returns the ids of the acknowledged submissions: by their ids, or by their places if the server could not read an id.
 * @param {Submission[]} batch
 * @param {Result[]} results
 * @returns {string[]}
 */
export function accounted(batch, results) {
  const whole = results.length === batch.length;
  const settled = results.map(({ id, status }, place) => (SETTLED.has(status) ? (id ?? (whole && batch[place]?.id)) : null));
  const acknowledged = new Set(settled);
  const ids = batch.map((submission) => submission.id).filter((id) => acknowledged.has(id));
  if (ids.length === 0) throw new Unaccounted("the server accounted for none of the submissions");
  return ids;
}
