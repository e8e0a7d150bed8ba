/**
 * The server's interface for terminals.
 *
 * @typedef {import("./survey.js").Submission} Submission
 * @typedef {{id: string, status: string, reason?: string | null}} Result
 * @typedef {import("./beat.js").Beat} Beat
 */
import * as clock from "./clock.js";
import { usable } from "./config.js";

const API = new URL("../api/", import.meta.url);
const NOT_OURS = "something other than the server answered";
const PATIENCE = 20_000; // ms; past that a silent server counts as unreachable

/**
 * The answer was no; `retryAfter` in seconds, where it said so. `ours`: the server said it, and no machine before it.
 */
export class Refused extends Error {
  /**
   * @param {number} status
   * @param {number} [retryAfter]
   * @param {boolean} [ours]
   */
  constructor(status, retryAfter = 0, ours = false) {
    super(`the server answered ${status}`);
    this.status = status;
    this.retryAfter = retryAfter;
    this.ours = ours;
  }
}

/**
 * Trades a one-time code for this terminal's token: for that one again, where an answer was lost.
 * @param {string} code
 * @param {string} wanted
 * @param {number} sequence the last one that this device handed out
 * @returns {Promise<string>}
 */
export async function enrol(code, wanted, sequence) {
  const answer = await call("kiosk/enrol", { method: "POST", body: JSON.stringify({ code, token: wanted, sequence }) });
  return (await json(answer)).token;
}

/**
 * The configuration, or null when it is the one of `etag` still.
 * @param {string} token
 * @param {string | null} etag
 */
export async function fetchConfig(token, etag) {
  const answer = await call("kiosk/config", { token, headers: etag ? { "If-None-Match": etag } : {} });
  if (answer.status === 304) return null;
  return { config: usable(await json(answer)), etag: answer.headers.get("ETag") };
}

/**
 * One result for each submission, in the order sent, once they are durably stored.
 * @param {string} token
 * @param {Submission[]} submissions
 * @returns {Promise<Result[]>}
 */
export async function send(token, submissions) {
  const answer = await call("submissions", { token, method: "POST", body: JSON.stringify(submissions) });
  const { results } = await json(answer);
  if (!Array.isArray(results)) throw new TypeError("the answer holds no results");
  return results;
}

/**
 * @param {string} token
 * @param {Beat} beat
 */
export async function sendBeat(token, beat) {
  const answer = await call("kiosk/heartbeat", { token, method: "POST", body: JSON.stringify(beat) });
  if (answer.status !== 204) throw new TypeError(NOT_OURS);
}

/**
 * @param {string} path
 * @param {{token?: string, method?: string, body?: string, headers?: Record<string, string>}} request
 * @returns {Promise<Response>}
 */
async function call(path, { token, method = "GET", body, headers = {} }) {
  const answer = await fetch(new URL(path, API), {
    method,
    headers: {
      ...headers,
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
      ...(body ? { "Content-Type": "application/json" } : {}),
    },
    ...(body ? { body } : {}),
    cache: "no-store",
    credentials: "omit",
    redirect: "error",
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (!answer.ok && answer.status !== 304) {
    const ours = answer.headers.get("Content-Type")?.startsWith("application/problem+json");
    if (ours) clock.hear(answer);
    throw new Refused(answer.status, Number(answer.headers.get("Retry-After")) || 0, ours);
  }
  if (answer.status === 204) clock.hear(answer);
  return answer;
}

/**
 * A captive portal answers 200 with a web page: that is no answer of the server's.
 * @param {Response} answer
 * @returns {Promise<any>}
 */
async function json(answer) {
  if (!answer.headers.get("Content-Type")?.startsWith("application/json")) {
    throw new TypeError(NOT_OURS);
  }
  const told = await answer.json();
  clock.hear(answer);
  return told;
}
