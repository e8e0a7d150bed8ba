/**
 * What this terminal keeps between loads beside its queue: its token, the last configuration, and how far its
 * sequence has come, so that a database that was lost leaves a gap that the server can see.
 *
 * @typedef {import("./config.js").Config} Config
 */
import { usable } from "./config.js";

const [TOKEN, CONFIG, ETAG, SEQUENCE] = ["sipas.token", "sipas.config", "sipas.etag", "sipas.sequence"];

/** Which version of this app runs; the server names it by its content. */
export const VERSION = /** @type {{SHELL?: {version: string}}} */ (globalThis).SHELL?.version ?? "unknown";

/** @returns {string | null} null: not enrolled, or barred from knowing */
export function token() {
  return read(TOKEN);
}

/** @param {string} fresh of another enrolment: the configuration of the old one goes */
export function keepToken(fresh) {
  localStorage.setItem(TOKEN, fresh);
  forgetConfig();
}

/** @returns {string | null} */
export function etag() {
  return localStorage.getItem(ETAG);
}

/**
 * The configuration last kept, if it is one this version can show.
 * @returns {Config | null}
 */
export function config() {
  try {
    return usable(JSON.parse(localStorage.getItem(CONFIG) ?? ""));
  } catch {
    localStorage.removeItem(ETAG);
    return null;
  }
}

/**
 * The operator's PIN as last told, by whatever configuration; null: none was set.
 * @returns {import("./pin.js").Pin | null}
 */
export function pin() {
  try {
    return JSON.parse(read(CONFIG) ?? "").pin ?? null;
  } catch {
    return null;
  }
}

/** All but the PIN: a terminal that has lost its place is open to nobody else. */
export function forgetConfig() {
  const kept = { pin: pin() };
  localStorage.removeItem(ETAG);
  localStorage.removeItem(CONFIG);
  write(CONFIG, JSON.stringify(kept));
}

/**
 * On a full disk the one before stays, and it is asked for again after the next load.
 * @param {Config} fresh
 * @param {string | null} tag
 */
export function keepConfig(fresh, tag) {
  localStorage.removeItem(ETAG);
  if (write(CONFIG, JSON.stringify(fresh)) && tag) write(ETAG, tag);
}

/** @returns {number} */
export function lastSequence() {
  return Number(localStorage.getItem(SEQUENCE)) || 0;
}

/** @param {number} sequence */
export function keepSequence(sequence) {
  if (sequence > lastSequence()) write(SEQUENCE, String(sequence));
}

/**
 * @param {string} key
 * @returns {string | null}
 */
function read(key) {
  try {
    return localStorage.getItem(key);
  } catch (barred) {
    console.error(barred);
    return null;
  }
}

/**
 * @param {string} key
 * @param {string} value
 * @returns {boolean} whether it is kept
 */
function write(key, value) {
  try {
    localStorage.setItem(key, value);
    return true;
  } catch (full) {
    console.error(full);
    return false;
  }
}
