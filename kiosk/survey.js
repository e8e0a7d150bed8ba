/**
 * One citizen's survey: what is asked, what was answered, and the submission that comes of it.
 * No screen, no storage and no network here.
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
 * @property {import("./dating.js").Mark} [undated] its times are a guess until the server is heard
 */
import { uuid7 } from "./uuid7.js";

export class Survey {
  /** @type {string | null} */
  procedure = null;
  /** Which of the asked items is on screen; their number once all have been. */
  position = 0;
  /** @type {string | null} */
  comment = null;
  /** What stands in the comment's field, and is no comment until it is sent. */
  typed = "";
  /** @type {Map<string, number>} */
  #answers = new Map();
  /** How many of the asked items were answered or passed. */
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

  /** Nothing is left to ask, wherever its citizen stands. */
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

  /** With the answer that was given before, or without one. */
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
 * `count` of the ids, every such subset equally likely, in the order they had.
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
 * ISO 8601 in the terminal's own zone, offset written out.
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
