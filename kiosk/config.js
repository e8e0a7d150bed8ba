/**
 * The terminal's configuration: its unit, the published instrument, and the form to ask.
 *
 * @typedef {Record<string, string>} Text one wording for each language
 * @typedef {{points: number[], satisfied: number, labels: Record<string, string[]>, display: "faces" | "stars" | "numbers"}} Scale
 * @typedef {{id: string, text: Text}} Item
 * @typedef {{name: string, title: Text, scale: Scale, items: Item[]}} Instrument
 * @typedef {{items: string[], draw: number}} Step asks `draw` of its items, drawn at random
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
 */

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
  for (const language of languages) {
    insist(instrument.scale.labels[language]?.length === instrument.scale.points.length, `no labels in ${language}`);
    for (const id of form.steps.flatMap((step) => step.items)) {
      insist(items.get(id)?.text[language], `no text of ${id} in ${language}`);
    }
  }
  insist(form.steps.length > 0 && form.steps.every(drawable), "a step that draws nothing");
  insist(procedures.every((one) => one.field && one.procedures.every(({ code, name }) => code && name)), "a procedure without name");
}

/** @param {Step} step */
function drawable({ items, draw }) {
  return draw >= 1 && draw <= items.length;
}

/**
 * @param {unknown} condition
 * @param {string} otherwise
 */
function insist(condition, otherwise) {
  if (!condition) throw new UnusableConfig(otherwise);
}
