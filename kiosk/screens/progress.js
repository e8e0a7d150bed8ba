/**
 * The comment, where one is asked for, is the last step.
 * @param {import("../survey.js").Survey} survey
 * @param {number} passed
 */
export function progress(survey, passed) {
  return { number: passed + 1, total: survey.shown.length + Number(survey.config.comment) };
}
