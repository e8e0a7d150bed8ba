/**
 * This terminal's disk: surveys under way, and submissions that wait to be sent.
 * A submission enters together with its sequence number, in one transaction, before the citizen is thanked.
 *
 * @typedef {import("./survey.js").Submission} Submission
 * @typedef {{count: number, oldest: string | null, sequence: number}} Waiting oldest: when it was submitted
 */
import { keepSequence, lastSequence } from "./device.js";

const ROOM = 20_000; // characters: more than a survey with the longest comment

/** @param {string} [name] */
export async function openQueue(name = "sipas") {
  const queue = new Queue(name);
  await queue.state();
  return queue;
}

export class Queue {
  #name;
  /** @type {Promise<IDBDatabase> | null} */
  #connection = null;

  /** @param {string} name */
  constructor(name) {
    this.#name = name;
  }

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
   * Resolves once the submission is on disk; rejects when it could not be stored.
   * @param {Submission} submission
   */
  async add(submission) {
    let sequence = 0;
    await this.#change(["waiting", "draft", "counters"], (stores) => {
      const last = stores("counters").get("sequence");
      last.onsuccess = () => {
        sequence = Math.max(last.result ?? 0, lastSequence()) + 1;
        stores("counters").put(sequence, "sequence");
        stores("waiting").add({ ...submission, sequence });
        stores("draft").delete(submission.id);
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
    const change = await this.#begin(names, "readwrite");
    const stored = settled(change);
    write((name) => change.objectStore(name));
    await stored;
  }

  /**
   * @param {string[]} names
   * @param {(store: (name: string) => IDBObjectStore) => IDBRequest[]} ask
   * @returns {Promise<any[]>}
   */
  async #read(names, ask) {
    const reading = await this.#begin(names, "readonly");
    const read = settled(reading);
    const requests = ask((name) => reading.objectStore(name));
    await read;
    return requests.map((request) => request.result);
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
    this.#connection ??= connect(this.#name, () => (this.#connection = null));
    return this.#connection;
  }
}

/**
 * @param {string} name
 * @param {() => void} closed
 * @returns {Promise<IDBDatabase>}
 */
function connect(name, closed) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(name, 1);
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
