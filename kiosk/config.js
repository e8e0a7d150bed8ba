/**
 * The terminal's configuration: its unit, the published instrument, and the form to ask.
 *
 * @typedef {Record<string, string>} Text one wording for each language
 * @typedef {{points: number[], satisfied: number, labels: Record<string, string[]>, display: "faces" | "stars" | "numbers"}} Scale
 * @typedef {"rating" | "choice" | "choices" | "yes-no" | "number" | "text"} Kind
 * @typedef {{code: string, text: Text, other?: boolean}} Option other: it asks for a text as well
 * @typedef {{item: string, values: (number | string | boolean)[]}} Condition met by one of these answers to an earlier item
 * @typedef {object} Item
 * @property {string} id
 * @property {Text} text
 * @property {Kind} [kind] a rating, if it is absent
 * @property {string} [scale] a named one; the main scale, if it is absent
 * @property {Option[]} [options] of a choice or several choices
 * @property {boolean} [required]
 * @property {boolean} [not_applicable] whether "not applicable" is offered
 * @property {Condition[]} [conditions] all must be met, or the item is not shown
 * @property {string} [section]
 * @property {"as-written" | "reversed" | "random"} [order] of the options or points
 * @property {Text} [hint]
 * @property {number} [minimum] of a number
 * @property {number} [maximum]
 * @typedef {{id: string, title: Text, intros?: Text[]}} Section intros: shown with its first question
 * @typedef {object} Instrument
 * @property {string} name
 * @property {Text} title
 * @property {Scale} scale the main one
 * @property {Record<string, Scale>} [scales] by name
 * @property {Section[]} [sections]
 * @property {Item[]} items
 * @typedef {object} Step asks all of its items, or some drawn at random
 * @property {string[]} items
 * @property {number} [draw] how many items; absent in steps that earlier versions of this app cannot ask
 * @property {number | null} [draw_items] how many items, in those steps; null: all
 * @property {{id: string, items: string[]}[]} [sections] of which `draw_sections` are drawn, each asked whole
 * @property {number} [draw_sections]
 * @typedef {{id: string, steps: Step[]}} Form
 * @typedef {{code: string, name: string, name_en?: string}} Procedure
 * @typedef {{field: string, field_en?: string, procedures: Procedure[]}} Field
 * @typedef {{answered: number, changed: Text}} Note how many answered here this month, and what came of it
 * @typedef {object} Config
 * @property {number} kiosk
 * @property {{code: string, name: string}} unit
 * @property {string | null} round null: no round is open
 * @property {string | null} closes_at when it closes; null: not stated
 * @property {string} channel
 * @property {string} service_channel
 * @property {string[]} languages
 * @property {Instrument} instrument
 * @property {Form} form
 * @property {Field[]} procedures empty: the terminal does not ask for a procedure
 * @property {boolean} scan whether a receipt can be scanned for its procedure
 * @property {boolean} comment whether a comment is asked for
 * @property {boolean} speech whether there is a headset to listen with
 * @property {{idle: number, warning: number, thanks: number}} timeouts seconds; the last `warning` of `idle` are counted down
 * @property {import("./pin.js").Pin | null} pin null: none was set
 * @property {Note | null} note null: there is none
 * @property {boolean} [preview] nothing is stored
 */

import { drawnBy } from "./form.js";

/** @type {string[]} */
const KINDS = ["rating", "choice", "choices", "yes-no", "number", "text"];
const NUMBER_MAX = 32_767; // a larger answer does not fit into the server's column

/** Thrown for a configuration from which no survey can be shown. */
export class UnusableConfig extends Error {}

/**
 * Returns the configuration if a survey can be shown from it in each of its languages.
 * @param {any} config
 * @returns {Config}
 */
export function usable(config) {
  try {
    if (config.round !== null) requireQuestions(config);
    insist(config.unit.name && config.languages.length > 0, "no unit or language");
    const { idle, warning, thanks } = config.timeouts;
    insist(idle > 0 && warning > 0 && warning <= idle && thanks > 0, "no timeouts");
  } catch (problem) {
    throw new UnusableConfig(String(problem));
  }
  return config;
}

/**
 * Whether a round is open: without a network the terminal must see by itself that the round has closed.
 * @param {Config} config
 * @param {Date} now
 */
export function asks({ round, closes_at }, now) {
  return round !== null && (!closes_at || now < new Date(closes_at));
}

/** @param {Config} config */
function requireQuestions({ instrument, form, languages, procedures }) {
  const items = new Map(instrument.items.map((item) => [item.id, item]));
  insist(form.steps.length > 0 && form.steps.every(drawable), "a step that draws nothing");
  for (const id of form.steps.flatMap((step) => step.items)) {
    const item = items.get(id);
    for (const language of languages) insist(item?.text[language], `no text of ${id} in ${language}`);
    if (item) requireAnswers(item, instrument, languages);
    const conditions = item?.conditions ?? [];
    insist(conditions.every((one) => items.has(one.item) && Array.isArray(one.values)), `a condition of ${id} names no item`);
  }
  for (const { id, title } of instrument.sections ?? []) insist(languages.every((one) => title[one]), `no title of ${id}`);
  insist(procedures.every((one) => one.field && one.procedures.every(({ code, name }) => code && name)), "a procedure without name");
}

/**
 * Insists that the item can be answered in each language.
 * @param {Item} item
 * @param {Instrument} instrument
 * @param {string[]} languages
 */
function requireAnswers(item, instrument, languages) {
  const { id, kind = "rating", options = [] } = item;
  insist(KINDS.includes(kind), `${id} is of the unknown kind ${kind}`);
  if (kind === "rating") {
    const scale = scaleOf(instrument, item);
    insist(scale?.points.length > 0 && languages.every((one) => scale.labels[one]?.length === scale.points.length), `no labels for ${id}`);
  } else if (kind === "choice" || kind === "choices") {
    insist(options.length > 0 && options.every(({ code, text }) => code && languages.every((one) => text[one])), `no options for ${id}`);
  } else if (kind === "number") insist(least(item) <= most(item), `no number answers ${id}`);
}

/**
 * Returns the scale of a rating.
 * @param {Instrument} instrument
 * @param {Item} item
 * @returns {Scale}
 */
export function scaleOf({ scale, scales }, item) {
  return /** @type {Scale} */ (item.scale ? scales?.[item.scale] : scale);
}

/** @param {Item} item */
export function least({ minimum = 0 }) {
  return minimum;
}

/** @param {Item} item */
export function most({ maximum = NUMBER_MAX }) {
  return maximum;
}

/** @param {Step} step */
function drawable(step) {
  if (!step.sections) return drawnBy(step) >= 1 && drawnBy(step) <= step.items.length;
  const { sections, draw_sections: drawn = sections.length } = step;
  return drawn >= 1 && drawn <= sections.length && sections.every(({ items }) => items.every((id) => step.items.includes(id)));
}

/**
 * @param {unknown} condition
 * @param {string} otherwise
 */
function insist(condition, otherwise) {
  if (!condition) throw new UnusableConfig(otherwise);
}
