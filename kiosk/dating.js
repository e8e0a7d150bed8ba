/**
 * Dates of surveys given before the server has answered since the page was loaded. The device's clock may be
 * wrong by days, so such a survey carries a mark of the page's running time. Once the server answers, the mark gives
 * its times. The survey is not sent before that.
 *
 * @typedef {import("./survey.js").Submission} Submission
 * @typedef {object} Mark
 * @property {string} page the load of the page in which it was given
 * @property {number} started ms of that page's running time
 * @property {number} ended likewise
 * @property {number} device what the device's clock said at its end
 * @property {number} since the server's last known time before it; 0: unknown
 * @typedef {Pick<Submission, "started_at" | "submitted_at"> & {undated?: Mark | undefined}} Dated
 * @typedef {object} Clock what a page knows once it has heard the server
 * @property {string} page
 * @property {number} zero the server's time when the page was loaded
 * @property {number} ahead ms that the device's clock is ahead of the server's
 */
import { withOffset } from "./survey.js";

const WHOLE_SECONDS = 1000; // ms, as the server tells its time

/**
 * Returns the surveys with their times; surveys without a mark are unchanged.
 * @template {Dated} T
 * @param {T[]} surveys
 * @param {Clock} clock
 * @returns {T[]}
 */
export function dateAll(surveys, clock) {
  const last = new Map();
  for (const { undated } of surveys) {
    if (undated) last.set(undated.page, Math.max(undated.ended, last.get(undated.page) ?? 0));
  }
  return surveys.map((survey) => date(survey, clock, last));
}

/**
 * @template {Dated} T
 * @param {T} survey
 * @param {Clock} clock
 * @param {Map<string, number>} last when the last survey of each page ended
 * @returns {T}
 */
function date(survey, clock, last) {
  const { undated, ...rest } = survey;
  if (!undated) return survey;
  const ended = undated.page === clock.page ? clock.zero + undated.ended : ofEarlierPage(undated, clock, last);
  const started = ended - (undated.ended - undated.started);
  return /** @type {T} */ ({ ...rest, started_at: withOffset(new Date(started)), submitted_at: withOffset(new Date(ended)) });
}

/**
 * Uses the device's clock if its error has not changed; otherwise the latest possible time, before this page was loaded.
 * @param {Mark} mark
 * @param {Clock} clock
 * @param {Map<string, number>} last
 */
function ofEarlierPage({ page, ended, device, since }, clock, last) {
  const corrected = device - clock.ahead;
  if (corrected >= since - WHOLE_SECONDS && corrected <= clock.zero) return corrected;
  return clock.zero - ((last.get(page) ?? ended) - ended);
}
