/**
 * One interview: the pages of its form, the answers, and what is stored and sent of it.
 * This module uses no screen, storage or network.
 *
 * @typedef {import("../kiosk/config.js").Instrument} Instrument
 * @typedef {import("../kiosk/config.js").Form} Form
 * @typedef {import("../kiosk/config.js").Item} Item
 * @typedef {import("../kiosk/config.js").Section} Section
 * @typedef {import("../kiosk/answer_sheet.js").Answer} Answer
 * @typedef {import("../kiosk/survey.js").Submission} Submission
 * @typedef {import("./households.js").Household} Household
 * @typedef {object} Assignment what the server tells a tablet
 * @property {string} name of the interviewer
 * @property {string} round
 * @property {string | null} closes_at
 * @property {string} channel
 * @property {string[]} languages
 * @property {Instrument} instrument
 * @property {Form} form
 * @property {Household[]} households
 * @typedef {Submission & {round: string, questionnaire: string, adults: number, asked: string[]}} Draft asked: items, in
 *   their order; it is not sent
 * @typedef {{section: Section | null, items: Item[]}} Page
 */
import { AnswerSheet } from "../kiosk/answer_sheet.js";
import { askedItems } from "../kiosk/form.js";
import { OptionOrder } from "../kiosk/option_order.js";
import { randomFraction } from "../kiosk/random_draws.js";
import { withOffset } from "../kiosk/survey.js";

export class Interview {
  /** Index of the page on the screen. Their number: the end. */
  position = 0;

  /**
   * @param {Assignment} assignment
   * @param {Household} household
   * @param {number} adults
   * @param {string} language
   * @param {{now?: Date, draft?: Draft}} [from] draft: an interview that was interrupted
   */
  constructor(assignment, household, adults, language, { now = new Date(), draft } = {}) {
    const { instrument, form } = assignment;
    this.assignment = assignment;
    this.household = household;
    this.adults = adults;
    this.language = language;
    this.startedAt = draft ? new Date(draft.started_at) : now;
    /** Random, so that it holds no time. */
    this.id = draft?.id ?? crypto.randomUUID();
    this.items = draft ? itemsOf(instrument, draft.asked) : askedItems(instrument, form, randomFraction);
    this.sheet = new AnswerSheet(this.items);
    this.order = new OptionOrder(instrument.items, randomFraction);
    if (draft) this.#restore(draft);
  }

  /** @param {Draft} draft */
  #restore(draft) {
    const { option_order: order } = draft.attributes;
    if (order === "reversed" || order === "as-written") this.order.order = order;
    for (const [key, answer] of Object.entries(draft.answers)) if (answer !== null) this.sheet.set(key, answer);
    const first = this.pages.findIndex(({ items }) => items.some(({ id }) => this.sheet.get(id) === undefined));
    this.position = first < 0 ? this.pages.length : first;
  }

  /** The pages with questions that are shown, by the answers so far: one for each section. @returns {Page[]} */
  get pages() {
    /** @type {Page[]} */
    const pages = [];
    for (const item of this.sheet.shown) {
      const last = pages.at(-1);
      if (last && last.items[0]?.section === item.section) last.items.push(item);
      else pages.push({ section: this.#section(item.section), items: [item] });
    }
    return pages;
  }

  /** @param {string | undefined} id */
  #section(id) {
    return this.assignment.instrument.sections?.find((one) => one.id === id) ?? null;
  }

  /** @returns {Page | undefined} undefined: at the end */
  get page() {
    return this.pages[this.position];
  }

  /** The required questions on the page that have no answer. @returns {string[]} */
  get missing() {
    const missing = new Set(this.sheet.missing);
    return (this.page?.items ?? []).map(({ id }) => id).filter((id) => missing.has(id));
  }

  /** How many required questions have no answer. */
  get missingInAll() {
    return this.sheet.missing.length;
  }

  /**
   * Returns the interview as it is stored. Between visits too it can be resumed from that.
   * @param {Date} now
   * @param {{ended?: boolean}} [how] ended: it is over, whatever lacks an answer
   * @returns {Draft}
   */
  draft(now, { ended = false } = {}) {
    const { instrument, form, channel, round } = this.assignment;
    return {
      id: this.id,
      instrument: instrument.name,
      form: form.id,
      channel,
      unit: this.household.unit,
      procedure: null,
      service_channel: /** @type {any} */ (null),
      started_at: withOffset(this.startedAt),
      submitted_at: withOffset(now),
      language: this.language,
      complete: ended && this.position >= this.pages.length && this.missingInAll === 0,
      answers: this.sheet.sent(),
      comment: null,
      attributes: this.order.attributes,
      round,
      questionnaire: this.household.questionnaire,
      adults: this.adults,
      asked: this.items.map(({ id }) => id),
    };
  }
}

/**
 * @param {Instrument} instrument
 * @param {string[]} ids
 */
function itemsOf(instrument, ids) {
  const items = new Map(instrument.items.map((item) => [item.id, item]));
  return ids.flatMap((id) => items.get(id) ?? []);
}
