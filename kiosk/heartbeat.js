/**
 * The terminal's state, sent to the server once a minute and shown to its operator.
 *
 * @typedef {object} Heartbeat
 * @property {number | null} queue how many submissions wait; null: the disk cannot be read
 * @property {string | null} oldest_unsent when the first of them was submitted
 * @property {number | null} sequence of the last submission
 * @property {string} app_version
 * @property {{persisted: boolean, usage: number, quota: number, sealed: boolean}} storage persisted: the browser promised
 *   not to clear it; sealed: waiting submissions are encrypted
 * @property {{missing: number, restored: number}} files of the app: missing on the disk, fetched again
 * @property {number} clock seconds that the device's clock is ahead of the server's
 * @property {string | null} problem why it is out of service
 */
import { ahead } from "./clock.js";
import { VERSION } from "./device.js";
import { files } from "./updates.js";

/**
 * @param {import("./queue.js").Queue} queue
 * @param {string | null} problem
 * @returns {Promise<Heartbeat>}
 */
export async function readHeartbeat(queue, problem) {
  const [waiting, storage] = await Promise.all([queue.state().catch(() => null), storageState()]);
  return {
    queue: waiting?.count ?? null,
    oldest_unsent: waiting?.oldest ?? null,
    sequence: waiting?.sequence ?? null,
    app_version: VERSION,
    storage: { ...storage, sealed: queue.encrypted },
    files: { ...files },
    clock: ahead(),
    problem,
  };
}

async function storageState() {
  const { usage = 0, quota = 0 } = await navigator.storage.estimate();
  return { persisted: await navigator.storage.persisted(), usage, quota };
}
