/**
 * The server's interface for terminals.
 *
 * @typedef {import("./survey.js").Submission} Submission
 * @typedef {{id: string, status: string, reason?: string | null}} Result
 * @typedef {import("./heartbeat.js").Heartbeat} Heartbeat
 */
import * as clock from "./clock.js";
import { usable } from "./config.js";

const API = new URL("../api/", import.meta.url);
const NOT_OURS = "something other than the server answered";
const REQUEST_TIMEOUT_MS = 20_000; // a server that is silent for longer counts as unreachable

/**
 * The request was refused. `retryAfter`: in seconds, if the answer gave it. `ours`: the server itself answered, not a
 * proxy before it.
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
 * Exchanges a one-time code for this terminal's token. A repeated request returns the same token.
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
 * Fetches the configuration; null if it has not changed since `etag`.
 * @param {string} token
 * @param {string | null} etag
 */
export async function fetchConfig(token, etag) {
  const answer = await call("kiosk/config", { token, headers: etag ? { "If-None-Match": etag } : {} });
  if (answer.status === 304) return null;
  return { config: usable(await json(answer)), etag: answer.headers.get("ETag") };
}

/**
 * Sends submissions. Resolves to one result for each, in the order sent, once they are durably stored.
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
 * @param {Heartbeat} heartbeat
 */
export async function sendHeartbeat(token, heartbeat) {
  const answer = await call("kiosk/heartbeat", { token, method: "POST", body: JSON.stringify(heartbeat) });
  if (answer.status !== 204) throw new TypeError(NOT_OURS);
}

/**
 * @param {string} path
 * @param {{token?: string, method?: string, body?: string, headers?: Record<string, string>}} request
 * @returns {Promise<Response>}
 */
export async function call(path, { token, method = "GET", body, headers = {} }) {
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
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
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
 * Rejects a web page: captive portals answer 200 with one.
 * @param {Response} answer
 * @returns {Promise<any>}
 */
export async function json(answer) {
  if (!answer.headers.get("Content-Type")?.startsWith("application/json")) {
    throw new TypeError(NOT_OURS);
  }
  const body = await answer.json();
  clock.hear(answer);
  return body;
}
