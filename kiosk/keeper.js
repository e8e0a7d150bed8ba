/**
 * Keeps what citizens answer: on disk while they answer, in the queue once they are done or gone, and in memory when
 * the disk refuses, until it takes them or the server does.
 *
 * @typedef {import("./survey.js").Submission} Submission
 * @typedef {import("./queue.js").Queue} Queue
 * @typedef {object} Told
 * @property {() => void} kept something waits to be sent
 * @property {() => void} refused the disk takes nothing
 * @property {() => void} recovered it does again
 */
import { keepSequence, lastSequence } from "./device.js";
import { accounted } from "./uploader.js";

const TRY_AGAIN = 5000; // ms

export class Keeper {
  #queue;
  #send;
  #told;
  /** Each as it was last, by its id. @type {Map<string, Submission>} */
  #refused = new Map();
  /** The disk refused, and is tried again until it takes another survey. */
  #trying = false;
  /** Ends the hold on the survey under way. */
  #release = () => {};
  /** What was asked of the disk before comes first. @type {Promise<boolean>} */
  #before = Promise.resolve(true);

  /**
   * @param {Queue} queue
   * @param {import("./uploader.js").Send} send
   * @param {Told} told
   */
  constructor(queue, send, told) {
    this.#queue = queue;
    this.#send = send;
    this.#told = told;
  }

  /** Something is in memory alone. */
  get holds() {
    return this.#refused.size > 0;
  }

  /** While this page lives, no other page takes this survey for an abandoned one. @param {string} id */
  begin(id) {
    const over = new Promise((resolve) => (this.#release = () => resolve(null)));
    void navigator.locks.request(hold(id), () => over);
  }

  /**
   * The survey as it stands. @param {Submission | null} submission null: nothing is answered
   * @param {string} id
   */
  async draft(submission, id) {
    await this.#inOrder(submission, id, () => (submission ? this.#queue.draft(submission) : this.#queue.forgetDraft(id)));
  }

  /**
   * The survey as it ended. @param {Submission | null} submission null: nothing was answered
   * @param {string} id
   * @returns {Promise<boolean>} whether it is on disk
   */
  async end(submission, id) {
    const kept = await this.#inOrder(submission, id, () =>
      submission ? this.#queue.add(submission) : this.#queue.forgetDraft(id),
    );
    this.#release();
    if (kept) this.#told.kept();
    return kept;
  }

  /** Surveys that a power cut or a closed tab left behind become partial submissions. */
  async settleAbandoned() {
    for (const draft of await this.#queue.drafts()) {
      await navigator.locks.request(hold(draft.id), { ifAvailable: true }, async (lock) => {
        if (lock) await this.#queue.add(draft);
      });
    }
  }

  /**
   * After all that was asked before. A survey that the disk refused once is written no more: what is tried again is
   * how it stands.
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
    if (!this.#trying) setTimeout(() => this.#tryAgain(), TRY_AGAIN);
    this.#trying = true;
    this.#refused.set(id, submission);
    this.#told.refused();
    return false;
  }

  async #tryAgain() {
    for (const submission of [...this.#refused.values()]) {
      if (!(await this.#place(submission))) break;
      this.#refused.delete(submission.id);
    }
    if (this.holds || !(await this.#takes())) setTimeout(() => this.#tryAgain(), TRY_AGAIN);
    else this.#recover();
  }

  #recover() {
    this.#trying = false;
    this.#told.recovered();
  }

  /** Whether the disk takes another survey: that the server took the last one says nothing of that. */
  async #takes() {
    try {
      await this.#queue.tryRoom();
      return true;
    } catch {
      return false;
    }
  }

  /** On disk, or with the server. @param {Submission} submission */
  async #place(submission) {
    try {
      await this.#queue.add(submission);
      this.#told.kept();
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
      await this.#queue.forgetDraft(submission.id).catch(console.error); // else it came again, with fewer answers
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
