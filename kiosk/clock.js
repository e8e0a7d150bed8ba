/**
 * The server's time, kept beside the device's own clock: after a power cut a cheap terminal may say 2019.
 * Once the server has answered since the page was loaded, its time runs on, whatever the device's clock does.
 * Until then the time is the device's clock less its last known error, and never before the server's last time.
 * Surveys given meanwhile carry a mark, and get their times when the server answers.
 *
 * @typedef {import("./dating.js").Dated} Dated
 */
import { withOffset } from "./survey.js";

const HEARD = "sipas.heard";

/** This load of the page. */
const PAGE = crypto.randomUUID();

/** @type {{server: number, at: number} | null} server's time and the page's own running time, both in ms */
let heard = null;

/** The server's time when the page was loaded, from its first answer: times derived from it never change again. */
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
 * The reference that dates surveys; null until the server has answered.
 * @returns {import("./dating.js").Clock | null}
 */
export function known() {
  return heard && { page: PAGE, zero, ahead: Date.now() - now().getTime() };
}

/**
 * Returns the survey with its times, or with a mark from which they are computed later.
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
