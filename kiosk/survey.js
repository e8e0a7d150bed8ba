/**
 * One citizen's survey: the questions, the answers, and the submission made from them.
 * This module uses no screen, storage or network.
 *
 * @typedef {import("./config.js").Config} Config
 * @typedef {import("./config.js").Item} Item
 * @typedef {import("./answer_sheet.js").Answer} Answer
 * @typedef {object} Submission
 * @property {string} id
 * @property {string} instrument
 * @property {string} form
 * @property {string} channel
 * @property {string} unit
 * @property {string | null} procedure
 * @property {string} service_channel
 * @property {string} started_at
 * @property {string} submitted_at
 * @property {string} language
 * @property {boolean} complete
 * @property {number} [sequence] given by the queue
 * @property {Record<string, Answer | null>} answers of the items that were asked and shown; null: not answered
 * @property {string | null} comment
 * @property {Record<string, string>} attributes
 * @property {import("./dating.js").Mark} [undated] its times are provisional until the server answers
 */
import { AnswerSheet, otherKey, toggled } from "./answer_sheet.js";
import { askedItems } from "./form.js";
import { OptionOrder } from "./option_order.js";
import { randomFraction } from "./random_draws.js";
import { uuid7 } from "./uuid7.js";

export class Survey {
  /** @type {string | null} */
  procedure = null;
  /** Index of the item on the screen among those shown; their number after the last one. */
  position = 0;
  /** @type {string | null} */
  comment = null;
  /** Text in the comment field; it becomes the comment when it is sent. */
  typed = "";
  /** What was typed for an item or beside an option; it becomes an answer when it is confirmed. @type {Map<string, string>} */
  entries = new Map();
  /** Items that were answered or skipped. @type {Set<string>} */
  #passed = new Set();

  /**
   * @param {Config} config
   * @param {string} language
   * @param {{now?: Date, random?: () => number}} [chance]
   */
  constructor(config, language, { now = new Date(), random = randomFraction } = {}) {
    this.config = config;
    this.language = language;
    this.startedAt = now;
    this.id = uuid7(now.getTime());
    this.sheet = new AnswerSheet(askedItems(config.instrument, config.form, random));
    this.optionOrder = new OptionOrder(config.instrument.items, random);
  }

  /** The items to ask, by the answers so far. */
  get shown() {
    return this.sheet.shown;
  }

  /** @returns {Item | undefined} */
  get item() {
    return this.shown[this.position];
  }

  /** The answer to the item on the screen. @returns {Answer | undefined} */
  get chosen() {
    return this.item && this.sheet.get(this.item.id);
  }

  /** Whether every item was answered or skipped, whichever screen is shown, and no required answer is missing. */
  get complete() {
    return this.shown.every(({ id }) => this.#passed.has(id)) && this.sheet.missing.length === 0;
  }

  get unanswered() {
    return this.sheet.empty && this.comment === null;
  }

  /** Records the answer to the item on the screen, which stays there. @param {Answer | null} answer */
  record(answer) {
    if (!this.item) return;
    this.#passed.add(this.item.id);
    this.sheet.set(this.item.id, answer);
    this.#forgetHidden();
  }

  /** Records the answer and goes on. @param {Answer | null} answer */
  answer(answer) {
    this.record(answer);
    this.goOn();
  }

  /** Adds one of several options to the answer, or takes it away. @param {string} code */
  toggle(code) {
    if (!this.item) return;
    this.sheet.set(this.item.id, toggled(this.item, this.chosen, code));
    this.#forgetHidden();
  }

  /** Continues with the answer given before, or without one. */
  goOn() {
    if (!this.item) return;
    this.#passed.add(this.item.id);
    this.position += 1;
  }

  /** Continues without an answer. */
  skip() {
    this.answer(null);
  }

  takeBack() {
    if (!this.item) return;
    this.#passed.delete(this.item.id);
    this.sheet.set(this.item.id, null);
    this.#forgetHidden();
  }

  back() {
    this.position = Math.max(0, this.position - 1);
  }

  /** An item that is shown again later is asked again. */
  #forgetHidden() {
    const shown = new Set(this.shown.map(({ id }) => id));
    for (const { id } of this.sheet.items) {
      if (shown.has(id)) continue;
      this.#passed.delete(id);
      this.entries.delete(id);
      this.entries.delete(otherKey(id));
    }
  }

  /**
   * @param {Date} [now]
   * @returns {Submission}
   */
  submission(now = new Date()) {
    const { instrument, form, channel, unit, service_channel } = this.config;
    return {
      id: this.id,
      instrument: instrument.name,
      form: form.id,
      channel,
      unit: unit.code,
      procedure: this.procedure,
      service_channel,
      started_at: withOffset(this.startedAt),
      submitted_at: withOffset(now),
      language: this.language,
      complete: this.complete,
      answers: this.sheet.sent(),
      comment: this.comment,
      attributes: this.optionOrder.attributes,
    };
  }
}

/**
 * Formats a time as ISO 8601 in the terminal's zone, with its offset.
 * @param {Date} time
 * @returns {string}
 */
export function withOffset(time) {
  const minutes = -time.getTimezoneOffset();
  const local = new Date(time.getTime() + minutes * 60_000).toISOString().slice(0, -1);
  const two = (/** @type {number} */ n) => String(Math.floor(n)).padStart(2, "0");
  const offset = Math.abs(minutes);
  return `${local}${minutes < 0 ? "-" : "+"}${two(offset / 60)}:${two(offset % 60)}`;
}
