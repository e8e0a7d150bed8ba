/**
 * Sampled households: their states, as the server knows them and as this tablet has changed them since.
 *
 * @typedef {"open" | "not-at-home" | "refused" | "ineligible" | "done"} State
 * @typedef {object} Household
 * @property {string} questionnaire its number in the sample
 * @property {string} village
 * @property {string} household
 * @property {string} unit
 * @property {string} unit_name
 * @property {number[] | null} grid whom to interview, by the number of adults; null: the last birthday decides
 * @property {State} state
 * @property {number} visits
 * @property {string | null} visited_on a day
 * @typedef {object} Visit the last visit to a household by this tablet
 * @property {string} key
 * @property {string} round
 * @property {string} questionnaire
 * @property {State} state
 * @property {number} visits to the household so far
 * @property {string} on a day: no time is kept, so that nothing connects a visit to an answer
 * @property {boolean} sent whether the server knows it; of an interview, its answers carry it
 * @typedef {"other_tablet" | "unknown" | "not_accepted"} Fault why the server did not take an interview or visit
 */

/** @param {string} round @param {string} questionnaire */
export function visitKey(round, questionnaire) {
  return `${round}/${questionnaire}`;
}

/**
 * Returns the household with its visit by this tablet.
 * @param {Household} household
 * @param {Visit | undefined} visit
 * @returns {Household}
 */
export function withVisit(household, visit) {
  if (!visit || isOutdated(visit, household)) return household;
  return { ...household, state: visit.state, visits: visit.visits, visited_on: visit.on };
}

/**
 * Whether the server's state of the household is as new as the visit.
 * @param {Visit} visit
 * @param {Household} household
 */
export function isOutdated(visit, household) {
  return household.state === "done" || (visit.sent && visit.state !== "done" && household.visits >= visit.visits);
}

/**
 * Returns the visit that follows on what is known of the household.
 * @param {string} round
 * @param {Household} household
 * @param {State} state
 * @param {string} on
 * @returns {Visit}
 */
export function nextVisit(round, { questionnaire, visits }, state, on) {
  return { key: visitKey(round, questionnaire), round, questionnaire, state, visits: visits + 1, on, sent: state === "done" };
}

/**
 * Returns the place of the adult to interview, the oldest being 1; null: the last birthday decides.
 * @param {Household} household
 * @param {number} adults
 */
export function placeOf({ grid }, adults) {
  if (!grid || grid.length === 0) return null;
  return grid[Math.min(adults, grid.length) - 1] ?? null;
}

const ORDER = ["open", "not-at-home", "refused", "ineligible", "done"];

/**
 * Returns the households by village, those to visit first.
 * @param {Household[]} households
 * @returns {[string, Household[]][]}
 */
export function byVillage(households) {
  /** @type {Map<string, Household[]>} */
  const villages = new Map();
  for (const one of households) villages.set(one.village, [...(villages.get(one.village) ?? []), one]);
  const rank = (/** @type {Household} */ one) => ORDER.indexOf(one.state);
  return [...villages].map(([village, all]) => [village, [...all].sort((a, b) => rank(a) - rank(b))]);
}

/** Returns the day in the tablet's zone, as YYYY-MM-DD. @param {Date} now */
export function dayOf(now) {
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}
