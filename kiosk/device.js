/**
 * What this terminal keeps between loads beside its queue: its token and the last configuration.
 *
 * @typedef {import("./config.js").Config} Config
 */
import { usable } from "./config.js";

const [TOKEN, CONFIG, ETAG] = ["sipas.token", "sipas.config", "sipas.etag"];

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
 * @param {Config} fresh
 * @param {string | null} tag
 */
export function keepConfig(fresh, tag) {
  localStorage.setItem(CONFIG, JSON.stringify(fresh));
  if (tag) localStorage.setItem(ETAG, tag);
  else localStorage.removeItem(ETAG);
}
