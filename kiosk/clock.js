/**
 * The server's time as last heard, kept beside the device's own: a cheap terminal wakes up in 2019 after a power cut.
 * Once the server was heard since the page was loaded, its time is counted on, whatever the device's clock does.
 * Until then it is the device's clock, less the error it had last, and never before what the server said last; what
 * is given meanwhile is marked, and dated when the server is heard.
 *
 * @typedef {import("./dating.js").Dated} Dated
 */
import { withOffset } from "./survey.js";

const HEARD = "sipas.heard";

/** This load of the page. */
const PAGE = crypto.randomUUID();

/** @type {{server: number, at: number} | null} server's time and the page's own running time, both in ms */
let heard = null;

/** The server's time when the page was loaded, by its first word: what depends on it never changes again. */
let zero = 0;

/** @param {Response} answer one that certainly is the server's */
export function hear(answer) {
  const server = Date.parse(answer.headers.get("Date") ?? "");
  if (Number.isNaN(server)) return;
  const at = performance.now();
  zero ||= server - at;
  heard = { server, at };
  remember({ server, ahead: Date.now() - server });
}

/** @returns {Date} */
export function now() {
  if (heard) return new Date(heard.server + performance.now() - heard.at);
  const { server, ahead } = remembered();
  return new Date(Math.max(Date.now() - ahead, server));
}

/** Seconds that the device's clock is ahead of the server's; negative: behind. */
export function ahead() {
  return Math.round((Date.now() - now().getTime()) / 1000) || 0; // never -0
}

/**
 * What dates surveys; null: the server was not heard yet.
 * @returns {import("./dating.js").Clock | null}
 */
export function known() {
  return heard && { page: PAGE, zero, ahead: Date.now() - now().getTime() };
}

/**
 * A survey that stands as it is now, with its times or a mark for them.
 * @template {Dated} T
 * @param {T} survey
 * @param {number} started when it began, by the page's running time
 * @returns {T}
 */
export function stamp(survey, started) {
  if (heard) return { ...survey, started_at: withOffset(new Date(now().getTime() - performance.now() + started)) };
  const mark = { page: PAGE, started, ended: performance.now(), device: Date.now(), since: remembered().server };
  return { ...survey, undated: mark };
}

/** @param {{server: number, ahead: number}} last */
function remember(last) {
  try {
    localStorage.setItem(HEARD, JSON.stringify(last));
  } catch (full) {
    console.error(full);
  }
}

/** @returns {{server: number, ahead: number}} */
function remembered() {
  try {
    const { server, ahead } = JSON.parse(localStorage.getItem(HEARD) ?? "");
    return { server: Number(server) || 0, ahead: Number(ahead) || 0 };
  } catch {
    return { server: 0, ahead: 0 };
  }
}
