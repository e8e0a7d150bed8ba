/**
 * The answers of one person: what is shown because of them, what they lack, and how they are sent.
 * Its rules are those of the server's sipas/survey/intake/answer_coding.py; a test holds the two equal.
 *
 * @typedef {import("./config.js").Item} Item
 * @typedef {import("./config.js").Condition} Condition
 * @typedef {number | string | boolean | string[]} Answer of a rating or number, an option or text, yes or no, several options
 */
export const NOT_APPLICABLE = "NA";
const OTHER_SUFFIX = "_other";

export class AnswerSheet {
  /** By item, or by the key of the text beside an option. @type {Map<string, Answer>} */
  #answers = new Map();

  /** @param {Item[]} items in the order in which they are asked */
  constructor(items) {
    this.items = items;
  }

  /** The items whose conditions are met by the answers so far. An answer that is not shown meets no condition. */
  get shown() {
    const shown = new Set();
    return this.items.filter((item) => {
      const met = (item.conditions ?? []).every((one) => shown.has(one.item) && isMet(one, this.#answers.get(one.item)));
      if (met) shown.add(item.id);
      return met;
    });
  }

  get empty() {
    return this.#answers.size === 0;
  }

  /** @param {string} key an item, or the text beside its option @returns {Answer | undefined} */
  get(key) {
    return this.#answers.get(key);
  }

  /**
   * Sets an answer and drops those that are not shown any more.
   * @param {string} key an item, or the text beside its option
   * @param {Answer | null} answer null, an empty text or no option: not answered
   */
  set(key, answer) {
    if (isEmpty(answer)) this.#answers.delete(key);
    else this.#answers.set(key, /** @type {Answer} */ (answer));
    this.#prune();
  }

  /** The required items that are shown and have no answer. @returns {string[]} */
  get missing() {
    return this.shown.filter((item) => item.required && !this.#answers.has(item.id)).map((item) => item.id);
  }

  /**
   * Returns the answers as a submission holds them: null is not answered, and what was not asked or not shown is absent.
   * @returns {Record<string, Answer | null>}
   */
  sent() {
    const keys = this.shown.flatMap((item) => [item.id, ...(asksForOther(item, this.get(item.id)) ? [otherKey(item.id)] : [])]);
    return Object.fromEntries(keys.map((key) => [key, this.#answers.get(key) ?? null]));
  }

  #prune() {
    const kept = new Set(Object.keys(this.sent()));
    for (const key of this.#answers.keys()) if (!kept.has(key)) this.#answers.delete(key);
  }
}

/**
 * @param {Condition} condition
 * @param {Answer | undefined} answer
 */
export function isMet({ values }, answer) {
  if (Array.isArray(answer)) return answer.some((one) => values.includes(one));
  return answer !== undefined && values.includes(answer);
}

/** @param {Answer | null} answer */
function isEmpty(answer) {
  return answer === null || (Array.isArray(answer) ? answer.length === 0 : typeof answer === "string" && !answer.trim());
}

/** Returns the key of the text beside an item's option. @param {string} item */
export function otherKey(item) {
  return item + OTHER_SUFFIX;
}

/**
 * Whether the answer holds an option that asks for a text.
 * @param {Item} item
 * @param {Answer | undefined} answer
 */
export function asksForOther(item, answer) {
  const code = item.options?.find((option) => option.other)?.code;
  return code !== undefined && (Array.isArray(answer) ? answer.includes(code) : answer === code);
}

/**
 * Returns the chosen options with one added or taken away, in the order of the questionnaire.
 * @param {Item} item
 * @param {Answer | undefined} answer
 * @param {string} code
 * @returns {string[]}
 */
export function toggled(item, answer, code) {
  const chosen = new Set(Array.isArray(answer) ? answer : []);
  if (!chosen.delete(code)) chosen.add(code);
  return (item.options ?? []).map((option) => option.code).filter((one) => chosen.has(one));
}
