/**
 * What the tablet keeps besides answers: who is signed in, the assignment, visits, and what the server did not take.
 * Answers and questionnaires are kept apart from it, encrypted, in kiosk/queue.js.
 *
 * @typedef {import("./households.js").Visit} Visit
 * @typedef {import("./households.js").Fault} Fault
 * @typedef {import("./interview.js").Assignment} Assignment
 * @typedef {{token: string, name: string}} Session
 * @typedef {{assignment: Assignment, etag: string | null}} Kept
 * @typedef {{key: string, questionnaire: string, fault: Fault}} Refusal
 */
const NAME = "sipas-interviews-records";

/** @type {Promise<IDBDatabase> | null} */
let connection = null;

/** @returns {Promise<Session | null>} */
export const session = () => get("session");
/** @returns {Promise<Kept | null>} */
export const assignment = () => get("assignment");
/** @returns {Promise<Visit[]>} */
export const visits = () => read("visits", (store) => store.getAll());
/** @returns {Promise<Refusal[]>} */
export const refusals = () => read("refusals", (store) => store.getAll());

/** @param {Session} kept */
export async function keepSession(kept) {
  await write("kept", (store) => store.put(kept, "session"));
}

/** Forgets who is signed in, and the households. Visits that were not sent stay. */
export async function forgetSession() {
  await write("kept", (store) => store.clear());
}

/** @param {Kept} kept */
export async function keepAssignment(kept) {
  await write("kept", (store) => store.put(kept, "assignment"));
}

/** @param {Visit} visit */
export async function keepVisit(visit) {
  await write("visits", (store) => store.put(visit));
}

/** @param {string} key */
export async function forgetVisit(key) {
  await write("visits", (store) => store.delete(key));
}

/** @param {Refusal} refusal */
export async function keepRefusal(refusal) {
  await write("refusals", (store) => store.put(refusal));
}

/** @param {string} key */
export async function forgetRefusal(key) {
  await write("refusals", (store) => store.delete(key));
}

/** @param {string} key */
async function get(key) {
  return (await read("kept", (store) => store.get(key))) ?? null;
}

/**
 * @param {string} name
 * @param {(store: IDBObjectStore) => IDBRequest} ask
 * @returns {Promise<any>}
 */
async function read(name, ask) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const asked = ask(database.transaction(name, "readonly").objectStore(name));
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

/**
 * Resolves once the change is on disk.
 * @param {string} name
 * @param {(store: IDBObjectStore) => unknown} change
 * @returns {Promise<void>}
 */
async function write(name, change) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(name, "readwrite", { durability: "strict" });
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error("the transaction was aborted"));
    change(transaction.objectStore(name));
  });
}

/** @returns {Promise<IDBDatabase>} */
function open() {
  return (connection ??= new Promise((resolve, reject) => {
    const opening = indexedDB.open(NAME, 1);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore("kept");
      opening.result.createObjectStore("visits", { keyPath: "key" });
      opening.result.createObjectStore("refusals", { keyPath: "key" });
    };
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      opening.result.onclose = () => (connection = null);
      resolve(opening.result);
    };
  }));
}
