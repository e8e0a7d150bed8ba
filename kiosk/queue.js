/**
 * Submissions that wait to be sent, kept on this terminal's disk.
 * A submission enters together with its sequence number, in one transaction, before the citizen is thanked.
 *
 * @typedef {import("./survey.js").Submission} Submission
 */

/** @param {string} [name] */
export async function openQueue(name = "sipas") {
  const opening = indexedDB.open(name, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore("waiting", { keyPath: "id" });
    opening.result.createObjectStore("counters");
  };
  return new Queue(await result(opening));
}

export class Queue {
  #database;

  /** @param {IDBDatabase} database */
  constructor(database) {
    this.#database = database;
  }

  /**
   * Resolves once the submission is on disk; rejects when it could not be stored.
   * @param {Submission} submission
   */
  async add(submission) {
    const change = this.#database.transaction(["waiting", "counters"], "readwrite", { durability: "strict" });
    const stored = settled(change);
    const counters = change.objectStore("counters");
    const last = counters.get("sequence");
    last.onsuccess = () => {
      const sequence = (last.result ?? 0) + 1;
      counters.put(sequence, "sequence");
      change.objectStore("waiting").add({ ...submission, sequence });
    };
    await stored;
  }

  /**
   * Up to `limit` submissions, those of the earliest surveys first.
   * @param {number} limit
   * @returns {Promise<Submission[]>}
   */
  async oldest(limit) {
    const reading = this.#database.transaction("waiting");
    const read = settled(reading);
    const rows = reading.objectStore("waiting").getAll(null, limit);
    await read;
    return rows.result;
  }

  /** @param {string[]} ids */
  async remove(ids) {
    const change = this.#database.transaction("waiting", "readwrite");
    const removed = settled(change);
    for (const id of ids) change.objectStore("waiting").delete(id);
    await removed;
  }

  /** @returns {Promise<number>} */
  async count() {
    return result(this.#database.transaction("waiting").objectStore("waiting").count());
  }
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function result(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
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
