/**
 * One citizen's survey: the questions, the answers, and the submission made from them.
 * This module uses no screen, storage or network.
 *
 * @typedef {import("./config.js").Config} Config
 * @typedef {import("./config.js").Item} Item
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
 * @property {Record<string, number | null>} answers asked items alone; null: not answered
 * @property {string | null} comment
 * @property {Record<string, string>} attributes
 * @property {import("./dating.js").Mark} [undated] its times are provisional until the server answers
 */
import { uuid7 } from "./uuid7.js";

export class Survey {
  /** @type {string | null} */
  procedure = null;
  /** Index of the asked item on the screen; the number of items after the last one. */
  position = 0;
  /** @type {string | null} */
  comment = null;
  /** Text in the comment field; it becomes the comment when it is sent. */
  typed = "";
  /** @type {Map<string, number>} */
  #answers = new Map();
  /** Number of asked items answered or skipped. */
  #passed = 0;

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
    const items = new Map(config.instrument.items.map((item) => [item.id, item]));
    this.asked = config.form.steps
      .flatMap((step) => draw(step.items, step.draw, random))
      .map((id) => /** @type {Item} */ (items.get(id)));
  }

  /** @returns {Item | undefined} */
  get item() {
    return this.asked[this.position];
  }

  /** @returns {number | undefined} */
  get chosen() {
    return this.item && this.#answers.get(this.item.id);
  }

  /** Whether every item has been answered, whichever screen is shown. */
  get complete() {
    return this.#passed === this.asked.length;
  }

  get unanswered() {
    return this.#answers.size === 0 && this.comment === null;
  }

  /** @param {number} point */
  answer(point) {
    if (!this.item) return;
    this.#answers.set(this.item.id, point);
    this.goOn();
  }

  /** Continues with the answer given before, or without one. */
  goOn() {
    if (!this.item) return;
    this.position += 1;
    this.#passed = Math.max(this.#passed, this.position);
  }

  takeBack() {
    if (this.item) this.#answers.delete(this.item.id);
  }

  back() {
    this.position = Math.max(0, this.position - 1);
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
      answers: Object.fromEntries(this.asked.map(({ id }) => [id, this.#answers.get(id) ?? null])),
      comment: this.comment,
      attributes: {},
    };
  }
}

/**
 * Draws `count` of the ids, every subset equally likely, in their order.
 * @param {string[]} ids
 * @param {number} count
 * @param {() => number} random
 * @returns {string[]}
 */
export function draw(ids, count, random) {
  const places = ids.map((_, place) => place);
  for (let i = 0; i < count; i += 1) {
    const j = i + Math.floor(random() * (places.length - i));
    const [here, there] = [places[i], places[j]];
    places[i] = /** @type {number} */ (there);
    places[j] = /** @type {number} */ (here);
  }
  const drawn = new Set(places.slice(0, count));
  return ids.filter((_, place) => drawn.has(place));
}

/** An unpredictable fraction, 0 or more and below 1. */
export function randomFraction() {
  return /** @type {number} */ (crypto.getRandomValues(new Uint32Array(1))[0]) / 2 ** 32;
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
