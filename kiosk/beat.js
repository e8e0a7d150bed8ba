/**
 * What a terminal tells of itself, to the server once a minute and to its operator.
 *
 * @typedef {object} Beat
 * @property {number} queue how many submissions wait
 * @property {string | null} oldest_unsent when the first of them was submitted
 * @property {number} sequence of the last submission
 * @property {string} app_version
 * @property {{persisted: boolean, usage: number, quota: number}} storage persisted: the browser promised not to clear it
 * @property {number} clock seconds that the device's clock is ahead of the server's
 * @property {string | null} problem why it is out of service
 */
import { ahead } from "./clock.js";
import { VERSION } from "./device.js";

/**
 * @param {import("./queue.js").Queue} queue
 * @param {string | null} problem
 * @returns {Promise<Beat>}
 */
export async function beat(queue, problem) {
  const [waiting, storage] = await Promise.all([queue.state(), storageState()]);
  return {
    queue: waiting.count,
    oldest_unsent: waiting.oldest,
    sequence: waiting.sequence,
    app_version: VERSION,
    storage,
    clock: ahead(),
    problem,
  };
}

async function storageState() {
  const { usage = 0, quota = 0 } = await navigator.storage.estimate();
  return { persisted: await navigator.storage.persisted(), usage, quota };
}
