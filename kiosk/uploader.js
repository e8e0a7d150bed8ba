/**
 * Sends what waits, oldest first, one batch at a time and from one tab at a time, until nothing waits.
 * A submission leaves the queue only when the server has said what became of it.
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
const LOOK_AGAIN = 60; // seconds, when nothing is known to wait

/**
 * Seconds to wait after so many failures in a row: doubling, between half and whole so that terminals spread out.
 * @param {number} failures
 * @param {number} chance from 0 to 1
 * @returns {number}
 */
export function pause(failures, chance) {
  return Math.min(LONGEST_PAUSE, 2 ** failures) * (0.5 + chance / 2);
}

export class Uploader {
  #queue;
  #send;
  #failures = 0;
  #batch = BATCH;
  #running = false;
  #timer = 0;

  /**
   * @param {Queue} queue
   * @param {Send} send
   */
  constructor(queue, send) {
    this.#queue = queue;
    this.#send = send;
    addEventListener("online", () => this.wake());
  }

  /** Starts sending at once, unless this tab or another is at it. */
  async wake() {
    if (this.#running) return;
    this.#running = true;
    clearTimeout(this.#timer);
    const seconds = await navigator.locks.request("sipas-uploader", { ifAvailable: true }, async (lock) => {
      const next = lock ? await this.#drain() : 1;
      this.#running = false;
      return next;
    });
    this.#timer = setTimeout(() => this.wake(), 1000 * seconds);
  }

  /** @returns {Promise<number>} seconds until the next try */
  async #drain() {
    try {
      for (;;) {
        const batch = await this.#queue.oldest(this.#batch);
        if (batch.length === 0) return LOOK_AGAIN;
        await this.#queue.remove(accounted(batch, await this.#send(batch)));
        this.#failures = 0;
        this.#batch = BATCH;
      }
    } catch (problem) {
      return this.#afterFailure(problem);
    }
  }

  /** @param {unknown} problem */
  #afterFailure(problem) {
    const refused = problem instanceof Refused ? problem : null;
    if (refused?.status === 413) this.#batch = Math.ceil(this.#batch / 2);
    this.#failures += 1;
    return Math.max(pause(this.#failures, Math.random()), refused?.retryAfter ?? 0);
  }
}

/**
 * The ids of those submissions whose fate the server has told.
 * @param {Submission[]} batch
 * @param {Result[]} results
 * @returns {string[]}
 */
export function accounted(batch, results) {
  const told = new Set(results.filter((result) => SETTLED.has(result.status)).map((result) => result.id));
  const ids = batch.map((submission) => submission.id).filter((id) => told.has(id));
  if (ids.length === 0) throw new TypeError("the server accounted for none of the submissions");
  return ids;
}
