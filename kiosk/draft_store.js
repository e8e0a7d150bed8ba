/**
 * Stores answers: as a draft on disk during the survey, in the queue after it, and in memory while
 * the disk refuses, until the disk or the server accepts them.
 *
 * @typedef {import("./survey.js").Submission} Submission
 * @typedef {import("./queue.js").Queue} Queue
 * @typedef {object} Listeners
 * @property {() => void} kept a submission waits to be sent
 * @property {() => void} refused the disk cannot store anything
 * @property {() => void} recovered the disk stores again
 */
import { keepSequence, lastSequence } from "./device.js";
import { accounted } from "./uploader.js";

const RETRY_MS = 5_000;

export class DraftStore {
  #queue;
  #send;
  #listeners;
  /** The last state of each, by id. @type {Map<string, Submission>} */
  #refused = new Map();
  /** The disk has refused. Writing is retried until it succeeds. */
  #trying = false;
  /** Releases the lock on the current survey. */
  #release = () => {};
  /** The last write: each write waits for the one before. @type {Promise<boolean>} */
  #before = Promise.resolve(true);

  /**
   * @param {Queue} queue
   * @param {import("./uploader.js").Send} send
   * @param {Listeners} listeners
   */
  constructor(queue, send, listeners) {
    this.#queue = queue;
    this.#send = send;
    this.#listeners = listeners;
  }

  /** Whether any answers are in memory only. */
  get holds() {
    return this.#refused.size > 0;
  }

  /** While this page lives, no other page takes this survey for an abandoned one. @param {string} id */
  begin(id) {
    const over = new Promise((resolve) => (this.#release = () => resolve(null)));
    void navigator.locks.request(hold(id), () => over);
  }

  /**
   * Stores the survey so far. @param {Submission | null} submission null: nothing is answered
   * @param {string} id
   */
  async draft(submission, id) {
    await this.#inOrder(submission, id, () => (submission ? this.#queue.draft(submission) : this.#queue.forgetDraft(id)));
  }

  /**
   * Stores the finished survey. @param {Submission | null} submission null: nothing was answered
   * @param {string} id
   * @returns {Promise<boolean>} whether it is on disk
   */
  async end(submission, id) {
    const kept = await this.#inOrder(submission, id, () =>
      submission ? this.#queue.add(submission) : this.#queue.forgetDraft(id),
    );
    this.#release();
    if (kept) this.#listeners.kept();
    return kept;
  }

  /** Queues surveys that a power cut or a closed tab interrupted, as partial submissions. */
  async settleAbandoned() {
    for (const draft of await this.#queue.drafts()) {
      await navigator.locks.request(hold(draft.id), { ifAvailable: true }, async (lock) => {
        if (lock) await this.#queue.add(draft);
      });
    }
  }

  /**
   * Writes after all earlier writes. A survey that the disk has refused is not written here again: the retry stores its
   * last state.
   * @param {Submission | null} submission
   * @param {string} id
   * @param {() => Promise<void>} write
   */
  #inOrder(submission, id, write) {
    const written = this.#before.then(() => (this.#refused.has(id) ? false : this.#written(write)));
    return (this.#before = written.then((done) => done || this.#hold(submission, id)));
  }

  /** @param {() => Promise<void>} write */
  async #written(write) {
    try {
      await write();
      return true;
    } catch (problem) {
      console.error(problem);
      return false;
    }
  }

  /**
   * @param {Submission | null} submission
   * @param {string} id
   * @returns {boolean} whether there is nothing to hold
   */
  #hold(submission, id) {
    if (!submission) {
      this.#refused.delete(id);
      return true;
    }
    if (!this.#trying) setTimeout(() => this.#tryAgain(), RETRY_MS);
    this.#trying = true;
    this.#refused.set(id, submission);
    this.#listeners.refused();
    return false;
  }

  async #tryAgain() {
    for (const submission of [...this.#refused.values()]) {
      if (!(await this.#place(submission))) break;
      this.#refused.delete(submission.id);
    }
    if (this.holds || !(await this.#takes())) setTimeout(() => this.#tryAgain(), RETRY_MS);
    else this.#recover();
  }

  #recover() {
    this.#trying = false;
    this.#listeners.recovered();
  }

  /** Whether the disk can store another survey. The server's acceptance of the last one does not show that. */
  async #takes() {
    try {
      await this.#queue.tryRoom();
      return true;
    } catch {
      return false;
    }
  }

  /** Stores the submission on disk, or sends it. @param {Submission} submission */
  async #place(submission) {
    try {
      await this.#queue.add(submission);
      this.#listeners.kept();
      return true;
    } catch {
      return this.#sendUnkept({ ...submission, sequence: lastSequence() + 1 });
    }
  }

  /** @param {Submission & {sequence: number}} submission */
  async #sendUnkept(submission) {
    try {
      accounted([submission], await this.#send([submission]));
      keepSequence(submission.sequence);
      await this.#queue.forgetDraft(submission.id).catch(console.error); // or it would be sent again, with fewer answers
      return true;
    } catch {
      return false;
    }
  }
}

/** @param {string} id */
function hold(id) {
  return `sipas-survey-${id}`;
}
