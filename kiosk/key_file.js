/**
 * A worker that stores the key of waiting answers in a file of its own. It alternates between two places and overwrites
 * each in place: deleted rows stay in a database's files for weeks, and so would a key.
 *
 * @typedef {"read" | "write" | "erase"} Act
 * @typedef {{call: number, act: Act, number: number, key?: Uint8Array}} Call
 */
const NAME = name; // of this worker
const PLACE_BYTES = 36; // 4 for the key's number, 32 for the key
const OPEN_ATTEMPTS = 50; // while another tab has the file open
const OPEN_RETRY_MS = 20;

addEventListener("message", async (/** @type {MessageEvent<Call>} */ { data: { call, act, number, key } }) => {
  try {
    const found = await navigator.locks.request(`${NAME}-file`, () => inFile((file) => acts[act](file, number, key)));
    postMessage({ call, found });
  } catch (problem) {
    postMessage({ call, problem: String(problem) });
  }
});

/** @type {Record<Act, (file: FileSystemSyncAccessHandle, number: number, key?: Uint8Array) => Uint8Array | null>} */
const acts = {
  /** Returns the key with that number; null: there is none. */
  read(file, number) {
    const place = new Uint8Array(PLACE_BYTES);
    const there = file.read(place, { at: placeOf(number) }) === PLACE_BYTES;
    return there && new DataView(place.buffer).getUint32(0) === number ? place.slice(4) : null;
  },
  write(file, number, key = new Uint8Array(PLACE_BYTES - 4)) {
    const place = new Uint8Array(PLACE_BYTES);
    new DataView(place.buffer).setUint32(0, number);
    place.set(key, 4);
    file.write(place, { at: placeOf(number) });
    file.flush();
    return null;
  },
  /** Overwrites the key, so that nothing of it is left in the file. */
  erase(file, number) {
    if (acts.read(file, number) === null) return null;
    file.write(new Uint8Array(PLACE_BYTES), { at: placeOf(number) });
    file.flush();
    return null;
  },
};

/** @param {number} number */
function placeOf(number) {
  return (number % 2) * PLACE_BYTES;
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
  for (let left = OPEN_ATTEMPTS; ; left -= 1) {
    try {
      return await handle.createSyncAccessHandle();
    } catch (taken) {
      if (left === 0) throw taken;
      await new Promise((resolve) => setTimeout(resolve, OPEN_RETRY_MS));
    }
  }
}
