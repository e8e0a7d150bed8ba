/** The server's interface for interviewers' tablets. */
import { call, json } from "../kiosk/api.js";
import { hear } from "../kiosk/clock.js";

/**
 * @typedef {import("./households.js").Visit} Visit
 * @typedef {import("./interview.js").Assignment} Assignment
 * @typedef {import("./interview.js").Draft} Draft
 * @typedef {import("../kiosk/api.js").Result} Result
 */

/**
 * @param {string} name
 * @param {string} password
 * @returns {Promise<{token: string, name: string}>}
 */
export async function signIn(name, password) {
  return json(await call("interviews/sign-in", { method: "POST", body: JSON.stringify({ name, password }) }));
}

/** @param {string} token */
export async function signOut(token) {
  await call("interviews/sign-out", { token, method: "POST" });
}

/**
 * Fetches the questions and households; null if nothing has changed since `etag`.
 * @param {string} token
 * @param {string | null} etag
 * @returns {Promise<{assignment: Assignment, etag: string | null} | null>}
 */
export async function fetchAssignment(token, etag) {
  const answer = await call("interviews", { token, headers: etag ? { "If-None-Match": etag } : {} });
  if (answer.status === 304) {
    hear(answer);
    return null;
  }
  return { assignment: await json(answer), etag: answer.headers.get("ETag") };
}

/**
 * @param {string} token
 * @param {Visit[]} visits
 * @returns {Promise<{questionnaire: string, status: "recorded" | "done" | "unknown"}[]>} in the order sent
 */
export async function sendVisits(token, visits) {
  const body = visits.map(({ round, questionnaire, state, visits, on }) => ({ round, questionnaire, state, visits, on }));
  const { results } = await json(await call("interviews/visits", { token, method: "POST", body: JSON.stringify(body) }));
  if (!Array.isArray(results)) throw new TypeError("the answer holds no results");
  return results;
}

/**
 * Sends interviews. Resolves to one result for each, in the order sent, once they are durably stored.
 * @param {string} token
 * @param {Draft[]} interviews
 * @returns {Promise<Result[]>}
 */
export async function sendAnswers(token, interviews) {
  const sent = interviews.map(({ asked: _, sequence: __, undated: ___, ...rest }) => rest);
  const answer = await call("interviews/answers", { token, method: "POST", body: JSON.stringify(sent) });
  const { results } = await json(answer);
  if (!Array.isArray(results)) throw new TypeError("the answer holds no results");
  return results;
}
