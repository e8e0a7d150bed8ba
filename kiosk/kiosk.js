/**
 * One terminal: which screen is shown, and whose survey it belongs to.
 * Screens are functions from the terminal to an element; what is touched there calls the methods here.
 *
 * @typedef {import("./config.js").Config} Config
 * @typedef {import("./messages.js").Messages} Messages
 * @typedef {import("./messages.js").Translate} Translate
 * @typedef {import("./survey.js").Submission} Submission
 * @typedef {Extract<import("./messages.js").Key, `out.${string}` | `enrol.${string}`>} Problem
 * @typedef {(kiosk: Kiosk) => HTMLElement} Screen
 * @typedef {object} Outside what a terminal needs of the world
 * @property {(submission: Submission) => Promise<void>} keep resolves once it is on disk
 * @property {(code: string) => Promise<Problem | null>} enrol null: enrolled
 */
import { fit } from "./dom.js";
import { Idle } from "./idle.js";
import { closed } from "./screens/closed.js";
import { enrolment } from "./screens/enrolment.js";
import { outOfService } from "./screens/out_of_service.js";
import { question } from "./screens/question.js";
import { service } from "./screens/service.js";
import { start } from "./screens/start.js";
import { thanks } from "./screens/thanks.js";
import { Survey } from "./survey.js";

const PRESSED = 120; // ms that an answer stays visibly pressed

export class Kiosk {
  /** @type {Config | null} null: no survey can be shown, for the reason in `problem` */
  config = null;
  /** @type {Problem | null} */
  problem = null;
  /** @type {Survey | null} */
  survey = null;
  /** The field in which the citizen looks for a procedure; empty: none yet. */
  field = "";
  language = "vi";
  large = false;
  /** @type {Screen} */
  #screen = start;
  #idle = new Idle();
  #timer = 0;
  /** The answers are on their way to the disk, or there. */
  #ending = false;

  /**
   * @param {HTMLElement} root
   * @param {Messages} messages
   * @param {Outside} outside
   */
  constructor(root, messages, outside) {
    this.root = root;
    this.messages = messages;
    this.outside = outside;
  }

  /** @type {Translate} */
  t = (key, values) => this.messages.text(this.language, key, values);

  /** The configuration that is shown: a survey keeps the one it began with. @returns {Config} */
  get settings() {
    const config = this.survey?.config ?? this.config;
    if (!config) throw new Error("there is no configuration to show");
    return config;
  }

  /** @returns {string[]} */
  get languages() {
    return this.survey?.config.languages ?? this.config?.languages ?? ["vi", "en"];
  }

  /** @param {Screen} screen */
  show(screen) {
    this.#screen = screen;
    this.draw();
    scrollTo(0, 0);
    /** @type {HTMLElement | null} */ (this.root.querySelector("[data-focus]"))?.focus({ preventScroll: true });
  }

  /** Draws the same screen anew; whoever had the focus keeps it. */
  draw() {
    const focused = document.activeElement?.id;
    document.documentElement.lang = this.language;
    document.documentElement.classList.toggle("large", this.large);
    this.root.replaceChildren(this.#screen(this));
    for (const text of this.root.querySelectorAll("[data-fit]")) fit(/** @type {HTMLElement} */ (text));
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  /** Ready for the next citizen, with nothing left of the one before. */
  start() {
    clearTimeout(this.#timer);
    this.#idle.stop();
    this.survey = null;
    this.field = "";
    this.large = false;
    this.#ending = false;
    this.language = this.languages[0] ?? "vi";
    this.show(this.#home());
  }

  /** @returns {Screen} */
  #home() {
    if (this.config) return this.config.round === null ? closed : start;
    return this.problem?.startsWith("out.") ? outOfService : enrolment;
  }

  /** A new configuration; a survey under way ends with its own. @param {Config} config */
  configure(config) {
    this.config = config;
    this.problem = null;
    if (!this.survey) this.start();
  }

  /** No further survey until a configuration comes. @param {Problem | null} problem null: not enrolled yet */
  halt(problem) {
    const known = !this.config && this.problem === problem && this.#screen === this.#home();
    this.config = null;
    this.problem = problem;
    if (!this.survey && !known) this.start();
  }

  /** @param {string} language */
  begin(language) {
    this.language = language;
    this.survey = new Survey(this.settings, language);
    this.#idle.after(this.settings.timeouts.reset, () => this.leave());
    this.show(this.settings.procedures.length > 0 ? service : question);
  }

  /** @param {string} field */
  chooseField(field) {
    this.field = field;
    this.show(service);
  }

  /** @param {string | null} procedure */
  chooseProcedure(procedure) {
    if (this.survey) this.survey.procedure = procedure;
    this.show(question);
  }

  /** @param {number} point */
  answer(point) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.survey?.answer(point);
      this.#next();
    }, PRESSED);
  }

  skip() {
    clearTimeout(this.#timer);
    this.survey?.skip();
    this.#next();
  }

  /** To the question before, or from the first one to the service, where that is asked. */
  back() {
    clearTimeout(this.#timer);
    const first = this.survey?.position === 0;
    this.survey?.back();
    this.show(first ? service : question);
  }

  #next() {
    if (this.survey?.complete) void this.finish();
    else this.show(question);
  }

  async finish() {
    if (!(await this.#keep())) return;
    this.show(thanks);
    this.#timer = setTimeout(() => this.start(), 1000 * this.settings.timeouts.thanks);
  }

  /** The citizen has gone: what was answered is kept, marked as not complete. */
  async leave() {
    if (await this.#keep()) this.start();
  }

  /** Puts the answers on disk, if there are any. @returns {Promise<boolean>} false: done already, or it failed */
  async #keep() {
    if (this.#ending || !this.survey) return false;
    this.#ending = true;
    this.#idle.stop();
    clearTimeout(this.#timer);
    if (this.survey.unanswered) return true;
    try {
      await this.outside.keep(this.survey.submission());
      return true;
    } catch (problem) {
      console.error(problem);
      this.survey = null;
      this.halt("out.storage");
      return false;
    }
  }

  /** The same screen in another language. @param {string} language */
  speak(language) {
    this.language = language;
    if (this.survey) this.survey.language = language;
    this.draw();
  }

  toggleLarge() {
    this.large = !this.large;
    if (!this.survey && this.config) this.#idle.after(this.config.timeouts.reset, () => this.start());
    this.draw();
  }
}
