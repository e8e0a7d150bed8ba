/**
 * Sends what waits, oldest first, one batch at a time and from one tab at a time, until nothing waits.
 * A submission leaves the queue only when the server has said what became of it. One that the server cannot take is
 * found by halving the batch, passed over after a pause so that it blocks no other, and tried again in the next round.
 * A line too slow for a batch gets half as much, too.
 *
 * @typedef {import("./queue.js").Queue} Queue
 * @typedef {import("./survey.js").Submission} Submission
 * @typedef {import("./api.js").Result} Result
 * @typedef {(batch: Submission[]) => Promise<Result[]>} Send
 */
import { Refused } from "./api.js";

const SETTLED = new Set(["stored", "duplicate", "conflict", "quarantined"]);
const BATCH = 100;
const LONGEST_PAUSE = 300; // seconds
const PASSED_OVER = 5; // seconds at most after one that the server cannot take: others wait behind it
const LONGEST_ASKED = 3600; // seconds that a server may ask for
const LOOK_AGAIN = 60; // seconds, when nothing is known to wait
const ELSEWHERE = 5; // seconds, while another tab is sending

/** The server answered, and did not say what became of a single one. */
export class Unaccounted extends Error {}

/**
 * Seconds to wait after so many failures in a row: doubling, between half and whole so that terminals spread out.
 * @param {number} failures
 * @param {number} chance from 0 to 1
 * @returns {number}
 */
export function pause(failures, chance) {
  return Math.min(LONGEST_PAUSE, 2 ** failures) * (0.5 + chance / 2);
}

/**
 * Whether a failure may lie with what was sent, and not with the line, the token or the server's load.
 * @param {unknown} problem
 */
export function liesWithBatch(problem) {
  return problem instanceof Unaccounted || (problem instanceof Refused && [400, 413, 422, 500].includes(problem.status));
}

/** A server in trouble is given time. @param {unknown} problem */
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
  /** Submissions up to this id were sent or passed over in this round. @type {string | null} */
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

  /** Starts sending at once, unless this tab or another is at it. */
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
        lock ? this.#drain() : ELSEWHERE,
      );
    } catch (problem) {
      console.error(problem);
      return ELSEWHERE;
    }
  }

  /** @returns {Promise<number>} seconds until the next try */
  async #drain() {
    try {
      await this.#prepare();
      for (let first = true; await this.#sendBatch(first); first = false);
      this.#failures = 0;
      return LOOK_AGAIN;
    } catch (problem) {
      this.#failures += 1;
      const asked = problem instanceof Refused ? problem.retryAfter : 0;
      const wait = pause(this.#failures, Math.random());
      const longest = liesWithBatch(problem) && !isTrouble(problem) ? PASSED_OVER : LONGEST_PAUSE;
      return Math.max(Math.min(wait, longest), Math.min(asked, LONGEST_ASKED));
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
 * The ids of those submissions whose fate the server has told: by their ids, or by their places where it could not
 * read an id.
 * @param {Submission[]} batch
 * @param {Result[]} results
 * @returns {string[]}
 */
export function accounted(batch, results) {
  const whole = results.length === batch.length;
  const settled = results.map(({ id, status }, place) => (SETTLED.has(status) ? (id ?? (whole && batch[place]?.id)) : null));
  const told = new Set(settled);
  const ids = batch.map((submission) => submission.id).filter((id) => told.has(id));
  if (ids.length === 0) throw new Unaccounted("the server accounted for none of the submissions");
  return ids;
}
