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

/** @returns {string | null} */
export function token() {
  return localStorage.getItem(TOKEN);
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

export function forgetConfig() {
  localStorage.removeItem(CONFIG);
  localStorage.removeItem(ETAG);
}

/**
 * On a full disk it is not kept, and asked for again after the next load.
 * @param {Config} fresh
 * @param {string | null} tag
 */
export function keepConfig(fresh, tag) {
  forgetConfig();
  write(CONFIG, JSON.stringify(fresh));
  if (tag && localStorage.getItem(CONFIG)) write(ETAG, tag);
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
 * @param {string} value
 */
function write(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch (full) {
    console.error(full);
  }
}
