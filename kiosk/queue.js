/**
 * This terminal's disk: surveys under way, and submissions that wait to be sent.
 * A submission enters together with its sequence number, in one transaction, before the citizen is thanked.
 *
 * @typedef {import("./survey.js").Submission} Submission
 * @typedef {{count: number, oldest: string | null, sequence: number}} Waiting oldest: when it was submitted
 */
import { keepSequence, lastSequence } from "./device.js";

const NAME = "sipas";
const ROOM = 20_000; // characters: more than a survey with the longest comment
const PATIENCE = 10_000; // ms; past that a disk that does not answer counts as one that refuses

export class Queue {
  /** @type {Promise<IDBDatabase> | null} */
  #connection = null;

  /** The survey as it stands: what is on disk if the power goes now. @param {Submission} submission */
  async draft(submission) {
    await this.#change(["draft"], (stores) => stores("draft").put(submission));
  }

  /** @returns {Promise<Submission[]>} */
  async drafts() {
    const [rows] = await this.#read(["draft"], (stores) => [stores("draft").getAll()]);
    return rows;
  }

  /** @param {string} id of a survey in which nothing was answered after all */
  async forgetDraft(id) {
    await this.#change(["draft"], (stores) => stores("draft").delete(id));
  }

  /**
   * Resolves once the submission is on disk; rejects when it could not be stored. One that was taken for refused and
   * is there after all keeps its place and its number.
   * @param {Submission} submission
   */
  async add(submission) {
    let sequence = 0;
    await this.#change(["waiting", "draft", "counters"], (stores) => {
      const last = stores("counters").get("sequence");
      const there = stores("waiting").getKey(submission.id);
      there.onsuccess = () => {
        stores("draft").delete(submission.id);
        if (there.result !== undefined) return;
        sequence = Math.max(last.result ?? 0, lastSequence()) + 1;
        stores("counters").put(sequence, "sequence");
        stores("waiting").add({ ...submission, sequence });
      };
    });
    keepSequence(sequence);
  }

  /**
   * Up to `limit` submissions, those of the earliest surveys first.
   * @param {number} limit
   * @param {string | null} [after] leaves out those up to this id
   * @returns {Promise<Submission[]>}
   */
  async oldest(limit, after = null) {
    const range = after === null ? null : IDBKeyRange.lowerBound(after, true);
    const [rows] = await this.#read(["waiting"], (stores) => [stores("waiting").getAll(range, limit)]);
    return rows;
  }

  /** @param {string[]} ids */
  async remove(ids) {
    await this.#change(["waiting"], (stores) => ids.forEach((id) => stores("waiting").delete(id)));
  }

  /** Rejects where there is no room for a survey. */
  async tryRoom() {
    await this.#change(["counters"], (stores) => stores("counters").put("x".repeat(ROOM), "room"));
    await this.#change(["counters"], (stores) => stores("counters").delete("room"));
  }

  /** @returns {Promise<Waiting>} */
  async state() {
    const [count, [first], sequence] = await this.#read(["waiting", "counters"], (stores) => [
      stores("waiting").count(),
      stores("waiting").getAll(null, 1),
      stores("counters").get("sequence"),
    ]);
    return { count, oldest: first?.submitted_at ?? null, sequence: Math.max(sequence ?? 0, lastSequence()) };
  }

  /**
   * @param {string[]} names
   * @param {(store: (name: string) => IDBObjectStore) => unknown} write
   */
  async #change(names, write) {
    await this.#transact(names, "readwrite", write);
  }

  /**
   * @param {string[]} names
   * @param {(store: (name: string) => IDBObjectStore) => IDBRequest[]} ask
   * @returns {Promise<any[]>}
   */
  async #read(names, ask) {
    const requests = await this.#transact(names, "readonly", ask);
    return requests.map((request) => request.result);
  }

  /**
   * All of it or nothing, in time. Only what the disk is just about to finish may be done after that all the same.
   * @template T
   * @param {string[]} names
   * @param {IDBTransactionMode} mode
   * @param {(store: (name: string) => IDBObjectStore) => T} work
   * @returns {Promise<T>}
   */
  #transact(names, mode, work) {
    return inTime(async (late) => {
      const transaction = await this.#begin(names, mode);
      late.throwIfAborted();
      late.addEventListener("abort", () => undo(transaction));
      const done = settled(transaction);
      const result = work((name) => transaction.objectStore(name));
      await done;
      return result;
    });
  }

  /**
   * The browser may close the connection, when its storage fails or is cleared: then another is opened.
   * @param {string[]} names
   * @param {IDBTransactionMode} mode
   */
  async #begin(names, mode) {
    for (let last = false; ; last = true) {
      try {
        return (await this.#open()).transaction(names, mode, { durability: "strict" });
      } catch (problem) {
        this.#connection = null;
        if (last) throw problem;
      }
    }
  }

  /** @returns {Promise<IDBDatabase>} */
  #open() {
    this.#connection ??= connect(() => (this.#connection = null));
    return this.#connection;
  }
}

/**
 * @param {() => void} closed
 * @returns {Promise<IDBDatabase>}
 */
function connect(closed) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(NAME, 1);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore("waiting", { keyPath: "id" });
      opening.result.createObjectStore("draft", { keyPath: "id" });
      opening.result.createObjectStore("counters");
    };
    opening.onerror = () => reject(opening.error);
    opening.onblocked = () => reject(new Error("another tab keeps an older database open"));
    opening.onsuccess = () => {
      opening.result.onclose = closed;
      opening.result.onversionchange = () => opening.result.close();
      resolve(opening.result);
    };
  });
}

/**
 * @param {IDBTransaction} transaction
 * @returns {Promise<void>}
 */
function settled(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error("the transaction was aborted"));
  });
}

/** @param {IDBTransaction} transaction */
function undo(transaction) {
  try {
    transaction.abort();
  } catch (finishing) {
    console.warn(finishing);
  }
}

/**
 * @template T
 * @param {(late: AbortSignal) => Promise<T>} work
 * @returns {Promise<T>}
 */
function inTime(work) {
  const limit = new AbortController();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => limit.abort(), PATIENCE);
    limit.signal.addEventListener("abort", () => reject(new Error("the disk does not answer")));
    work(limit.signal).then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
