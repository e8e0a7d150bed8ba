/**
 * A worker that keeps the key of waiting answers in a file of its own, in two places by turns, each overwritten where
 * it lies: what a database deletes stays in its files for weeks, and so would a key in it.
 *
 * @typedef {"read" | "write" | "erase"} Act
 * @typedef {{call: number, act: Act, number: number, key?: Uint8Array}} Call
 */
const NAME = "sipas-key";
const LENGTH = 36; // bytes of a place: 4 for the key's number, 32 for the key
const TRIES = 50; // while another tab has the file
const WAIT = 20; // ms between two of them

addEventListener("message", async (/** @type {MessageEvent<Call>} */ { data: { call, act, number, key } }) => {
  try {
    const found = await navigator.locks.request("sipas-key-file", () => inFile((file) => acts[act](file, number, key)));
    postMessage({ call, found });
  } catch (problem) {
    postMessage({ call, problem: String(problem) });
  }
});

/** @type {Record<Act, (file: FileSystemSyncAccessHandle, number: number, key?: Uint8Array) => Uint8Array | null>} */
const acts = {
  /** The key of that number; null: it is not there. */
  read(file, number) {
    const place = new Uint8Array(LENGTH);
    const there = file.read(place, { at: placeOf(number) }) === LENGTH;
    return there && new DataView(place.buffer).getUint32(0) === number ? place.slice(4) : null;
  },
  write(file, number, key = new Uint8Array(LENGTH - 4)) {
    const place = new Uint8Array(LENGTH);
    new DataView(place.buffer).setUint32(0, number);
    place.set(key, 4);
    file.write(place, { at: placeOf(number) });
    file.flush();
    return null;
  },
  /** Nothing of it is left in the file. */
  erase(file, number) {
    if (acts.read(file, number) === null) return null;
    file.write(new Uint8Array(LENGTH), { at: placeOf(number) });
    file.flush();
    return null;
  },
};

/** @param {number} number */
function placeOf(number) {
  return (number % 2) * LENGTH;
}

/**
 * @template T
 * @param {(file: FileSystemSyncAccessHandle) => T} work
 * @returns {Promise<T>}
 */
async function inFile(work) {
  const folder = await navigator.storage.getDirectory();
  const handle = await folder.getFileHandle(NAME, { create: true });
  const file = await opened(handle);
  try {
    return work(file);
  } finally {
    file.close();
  }
}

/**
 * @param {FileSystemFileHandle} handle
 * @returns {Promise<FileSystemSyncAccessHandle>}
 */
async function opened(handle) {
  for (let left = TRIES; ; left -= 1) {
    try {
      return await handle.createSyncAccessHandle();
    } catch (taken) {
      if (left === 0) throw taken;
      await new Promise((resolve) => setTimeout(resolve, WAIT));
    }
  }
}
