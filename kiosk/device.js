/**
 * Terminal state between page loads, beside the queue: the token, the last configuration, and the last sequence
 * number, so that the server sees a gap if the terminal's database is lost.
 *
 * @typedef {import("./config.js").Config} Config
 * @typedef {{token: string | null, wanted: string | null}} Enrolment wanted: a code and the token asked for with it, JSON
 */
import { usable } from "./config.js";

const [TOKEN, WANTED, CONFIG, ETAG] = ["sipas.token", "sipas.wanted", "sipas.config", "sipas.etag"];
const SEQUENCE = "sipas.sequence";

/** The version of this app: a hash of its content, from the server. */
export const VERSION = /** @type {{SHELL?: {version: string}}} */ (globalThis).SHELL?.version ?? "unknown";

/** @returns {string | null} null: not enrolled, or barred from knowing */
export function token() {
  return read(TOKEN);
}

/**
 * Returns the token to request with this code. It is stored before the code is used, so a lost answer costs no code.
 * @param {string} code
 * @returns {string}
 */
export function tokenFor(code) {
  const last = JSON.parse(read(WANTED) ?? "{}");
  if (last.code === code) return last.token;
  const token = Array.from(crypto.getRandomValues(new Uint8Array(32)), hexadecimal).join("");
  localStorage.setItem(WANTED, JSON.stringify({ code, token }));
  return token;
}

/** @param {number} byte */
function hexadecimal(byte) {
  return byte.toString(16).padStart(2, "0");
}

/** @param {string} fresh of another enrolment: the configuration of the old one goes */
export function keepToken(fresh) {
  localStorage.setItem(TOKEN, fresh);
  localStorage.removeItem(WANTED);
  forgetConfig();
}

/**
 * The proof of enrolment, once `fresh` is the token.
 * @param {string} [fresh]
 * @returns {Enrolment}
 */
export function enrolment(fresh) {
  return fresh ? { token: fresh, wanted: null } : { token: token(), wanted: read(WANTED) };
}

/** Restores what a power cut took from the browser before it was on disk. @param {Enrolment} kept */
export function restoreEnrolment({ token: kept, wanted }) {
  if (kept && kept !== token()) keepToken(kept);
  if (wanted) write(WANTED, wanted);
}

/** @returns {string | null} */
export function etag() {
  return localStorage.getItem(ETAG);
}

/**
 * Returns the stored configuration, if this version can show it.
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
 * Returns the operator's PIN of the last configuration that arrived, shown or not; null: none was set.
 * @returns {import("./pin.js").Pin | null}
 */
export function pin() {
  try {
    return JSON.parse(read(CONFIG) ?? "").pin ?? null;
  } catch {
    return null;
  }
}

/** Keeps the PIN alone: it still protects the operator's page of a terminal that was retired. */
export function forgetConfig() {
  const kept = { pin: pin() };
  localStorage.removeItem(ETAG);
  localStorage.removeItem(CONFIG);
  write(CONFIG, JSON.stringify(kept));
}

/**
 * On a full disk the earlier configuration stays, and the new one is requested again after the next page load.
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
