/**
 * Storage on the terminal's disk: drafts of surveys, and submissions that wait to be sent, encrypted.
 * A submission is stored with its sequence number, in one transaction, before the thanks screen.
 *
 * @typedef {import("./survey.js").Submission} Submission
 * @typedef {Submission | import("./encryption.js").EncryptedSubmission} Row not encrypted: stored by an earlier version, or without a key file
 * @typedef {{count: number, oldest: string | null, sequence: number}} Waiting oldest: when it was submitted
 */
import { dateAll } from "./dating.js";
import { keepSequence, lastSequence } from "./device.js";
import { KeyFile, decrypt, encrypt } from "./encryption.js";

const TRIAL_CHARACTERS = 20_000; // more than a survey with the longest comment has
const DISK_TIMEOUT_MS = 10_000; // a disk that is silent for longer counts as one that refuses
const KEY_WAIT_MS = 3_000; // after that an answer is stored unencrypted rather than not at all

export class Queue {
  /** @type {Promise<IDBDatabase> | null} */
  #connection = null;

  #name;
  #keys;
  /** @type {import("./encryption.js").Key | null} */
  #key = null;
  /** Whether the key may have been used. */
  #used = true;

  /**
   * @param {string} [name] of the database: another app of this origin has its own
   * @param {URL} [keyFile] the address of that app's key_file.js
   */
  constructor(name = "sipas", keyFile) {
    this.#name = name;
    this.#keys = new KeyFile(keyFile, `${name}-key`);
  }

  /** Whether submissions are stored encrypted now. */
  get encrypted() {
    return this.#key !== null;
  }

  /** Stores the survey so far, for the case of a power cut. @param {Submission} submission */
  async draft(submission) {
    await this.#store(submission, ["draft"], (stores, row) => stores("draft").put(row));
  }

  /** @returns {Promise<Submission[]>} */
  async drafts() {
    const [rows] = await this.#read(["draft"], (stores) => [stores("draft").getAll()]);
    return this.#decrypt(rows);
  }

  /** @param {string} id of a survey in which nothing was answered after all */
  async forgetDraft(id) {
    await this.#change(["draft"], (stores) => stores("draft").delete(id));
    void this.tidy();
  }

  /**
   * Resolves once the submission is on disk; rejects if it could not be stored. A submission that was reported as refused
   * but is on disk keeps its place and number.
   * @param {Submission} submission
   */
  async add(submission) {
    let sequence = 0;
    await this.#store(submission, ["waiting", "draft"], (stores, row) => {
      const last = stores("counters").get("sequence");
      const there = stores("waiting").getKey(row.id);
      there.onsuccess = () => {
        stores("draft").delete(row.id);
        if (there.result !== undefined) return;
        sequence = Math.max(last.result ?? 0, lastSequence()) + 1;
        stores("counters").put(sequence, "sequence");
        stores("waiting").add({ ...row, sequence });
      };
    });
    keepSequence(sequence);
  }

  /**
   * Returns up to `limit` submissions, earliest surveys first. An unreadable one does not block the others.
   * @param {number} limit
   * @param {string | null} [after] leaves out those up to this id
   * @returns {Promise<Submission[]>}
   */
  async oldest(limit, after = null) {
    for (;;) {
      const range = after === null ? null : IDBKeyRange.lowerBound(after, true);
      const [rows] = await this.#read(["waiting"], (stores) => [stores("waiting").getAll(range, limit)]);
      const found = await this.#decrypt(rows);
      if (found.length > 0 || rows.length < limit) return found;
      after = rows[limit - 1].id;
    }
  }

  /** @param {string[]} ids */
  async remove(ids) {
    await this.#change(["waiting"], (stores) => ids.forEach((id) => stores("waiting").delete(id)));
    void this.tidy();
  }

  /** Sets the times of submissions stored before the server had answered. @param {import("./dating.js").Clock} clock */
  async redate(clock) {
    await this.#change(["waiting", "draft"], (stores) => {
      for (const store of [stores("waiting"), stores("draft")]) {
        const all = store.getAll();
        all.onsuccess = () => {
          const dated = dateAll(/** @type {Row[]} */ (all.result), clock);
          dated.filter((row, place) => row !== all.result[place]).forEach((row) => store.put(row));
        };
      }
    });
  }

  /** Replaces the key if no row is stored under it. */
  async tidy() {
    if (!this.#used) return;
    await this.#renew(false).catch(console.warn);
  }

  /** Rejects if the disk has no room for a survey. */
  async tryRoom() {
    await this.#change(["counters"], (stores) => stores("counters").put("x".repeat(TRIAL_CHARACTERS), "room"));
    await this.#change(["counters"], (stores) => stores("counters").delete("room"));
  }

  /**
   * Resolves once the enrolment is on disk: the browser writes its `localStorage` seconds later.
   * @param {import("./device.js").Enrolment} enrolment
   */
  async keepEnrolment(enrolment) {
    await this.#change(["counters"], (stores) => stores("counters").put(enrolment, "enrolment"));
  }

  /** @returns {Promise<import("./device.js").Enrolment | null>} null: none was kept */
  async enrolment() {
    const [found] = await this.#read(["counters"], (stores) => [stores("counters").get("enrolment")]);
    return found ?? null;
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
   * Encrypts it, and again if another tab has changed the key meanwhile.
   * @param {Submission} submission
   * @param {string[]} names
   * @param {(store: (name: string) => IDBObjectStore, row: Row) => unknown} write
   */
  async #store(submission, names, write) {
    for (let stale = true; stale; ) {
      const key = await this.#useKey();
      const row = key ? await encrypt(submission, key) : submission;
      this.#used = true;
      stale = false;
      await this.#change([...names, "counters"], (stores) => {
        const current = stores("counters").get("key");
        current.onsuccess = () => {
          stale = key !== null && current.result !== key.number;
          if (!stale) write(stores, row);
        };
      });
      if (stale) this.#key = null;
    }
  }

  /**
   * Returns the readable ones, decrypted.
   * @param {Row[]} rows
   * @returns {Promise<Submission[]>}
   */
  async #decrypt(rows) {
    const opened = rows.map(async (row) => {
      if (!("sealed" in row)) return row;
      if (this.#key?.number !== row.key) this.#key = null;
      const key = await this.#useKey();
      return key ? decrypt(row, key) : Promise.reject(new Error("the key is missing"));
    });
    const settled = await Promise.allSettled(opened);
    for (const one of settled) if (one.status === "rejected") console.error(one.reason);
    return settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  }

  /** Returns the current key; null: no key can be used. */
  async #useKey() {
    try {
      return (this.#key ??= await inTime(() => this.#findKey(), KEY_WAIT_MS));
    } catch (problem) {
      console.error(problem);
      return null;
    }
  }

  async #findKey() {
    const number = await this.#keyNumber();
    return (number > 0 && (await this.#keys.read(number))) || this.#renew(true);
  }

  /** @returns {Promise<number>} 0: none was made yet */
  async #keyNumber() {
    const [number] = await this.#read(["counters"], (stores) => [stores("counters").get("key")]);
    return number ?? 0;
  }

  /**
   * Replaces the key: the next one is on disk before it is used, and the last one is overwritten after that.
   * @param {boolean} lost the key cannot be found, so that rows encrypted with it do not count
   */
  #renew(lost) {
    return navigator.locks.request(`${this.#name}-key`, async () => {
      const number = await this.#keyNumber();
      const found = lost && number > 0 ? await this.#keys.read(number) : null;
      if (found || (!lost && !(await this.#isEmpty()))) return found ?? this.#key;
      const fresh = await this.#keys.write(number + 1);
      if (!(await this.#change(["waiting", "draft", "counters"], putKey(fresh.number, lost))).done) return this.#key;
      this.#used = false;
      await this.#keys.erase(number);
      return (this.#key = fresh);
    });
  }

  async #isEmpty() {
    const counts = await this.#read(["waiting", "draft"], (stores) => [stores("waiting").count(), stores("draft").count()]);
    return counts.every((count) => count === 0);
  }

  /**
   * @template T
   * @param {string[]} names
   * @param {(store: (name: string) => IDBObjectStore) => T} write
   * @returns {Promise<T>}
   */
  #change(names, write) {
    return this.#transact(names, "readwrite", write);
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
   * Runs a transaction whole or not at all, within the timeout. Only a commit already under way may finish later.
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
   * Opens the database, and again after the browser has closed the connection (storage failed or was cleared).
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
 * Takes the key of this number into use, inside a transaction, if no row is stored under another key.
 * @param {number} number
 * @param {boolean} lost
 */
function putKey(number, lost) {
  return (/** @type {(name: string) => IDBObjectStore} */ stores) => {
    const outcome = { done: false };
    const counts = [stores("waiting").count(), stores("draft").count()];
    /** @type {IDBRequest<number>} */ (counts[1]).onsuccess = () => {
      outcome.done = lost || counts.every(({ result }) => result === 0);
      if (outcome.done) stores("counters").put(number, "key");
    };
    return outcome;
  };
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
 * @param {number} [limit] ms
 * @returns {Promise<T>}
 */
function inTime(work, limit = DISK_TIMEOUT_MS) {
  const late = new AbortController();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => late.abort(), limit);
    late.signal.addEventListener("abort", () => reject(new Error("the disk does not answer")));
    work(late.signal).then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
