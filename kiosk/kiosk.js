/**
 * The terminal: which screen is shown, and the survey in progress.
 * Screens are functions from the terminal to an element. Their controls call the methods here.
 *
 * @typedef {import("./config.js").Config} Config
 * @typedef {import("./messages.js").Messages} Messages
 * @typedef {import("./survey.js").Submission} Submission
 * @typedef {import("./answer_sheet.js").Answer} Answer
 * @typedef {import("./heartbeat.js").Heartbeat} Heartbeat
 * @typedef {Extract<import("./messages.js").Key, `out.${string}`>} Problem why no survey can be shown
 * @typedef {Extract<import("./messages.js").Key, `enrol.${string}`>} Refusal why a code was not taken
 * @typedef {(kiosk: Kiosk) => HTMLElement} Screen
 * @typedef {object} Outside what a terminal needs of the world
 * @property {() => Date} now
 * @property {(id: string) => void} begin a survey
 * @property {(submission: Submission | null, id: string) => Promise<void>} draft the survey as it stands; null: empty
 * @property {(submission: Submission | null, id: string) => Promise<boolean>} end resolves once it is on disk
 * @property {() => void} between the terminal is idle: a new version may take over
 * @property {(code: string) => Promise<Refusal | null>} enrol null: enrolled
 * @property {() => Promise<Heartbeat>} heartbeat
 * @property {() => Promise<void>} sendNow
 */
import { asksForOther } from "./answer_sheet.js";
import { asks } from "./config.js";
import { fillScreen } from "./full_screen.js";
import { Idle } from "./idle.js";
import { markPreview } from "./preview.js";
import { closed } from "./screens/closed.js";
import { comment } from "./screens/comment.js";
import { declining } from "./screens/declining.js";
import { enrolment } from "./screens/enrolment.js";
import { operator } from "./screens/operator.js";
import { outOfService } from "./screens/out_of_service.js";
import { pinPad } from "./screens/pin_pad.js";
import { question } from "./screens/question.js";
import { other } from "./screens/questions/text.js";
import { service } from "./screens/service.js";
import { start } from "./screens/start.js";
import { stillThere } from "./screens/still_there.js";
import { thanks } from "./screens/thanks.js";
import { hush } from "./speech.js";
import { ScreenHost } from "./screen_host.js";
import { ServiceChoice } from "./service_choice.js";
import { Survey } from "./survey.js";

const PRESSED_MS = 120; // that an answer stays visibly pressed
const DEFAULT_IDLE_SECONDS = 120; // without a configuration

export class Kiosk extends ScreenHost {
  /** @type {Config | null} */
  config = null;
  /** The operator's PIN; valid without a configuration too. @type {import("./pin.js").Pin | null} */
  pin = null;
  /** @type {Survey | null} */
  survey = null;
  services = new ServiceChoice(this);
  /** Whether the operator has entered the PIN. */
  unlocked = false;
  /** Why there is no configuration; null: there is one, or this terminal was never enrolled. @type {Problem | null} */
  #lack = null;
  /** Whether the disk refuses to store answers. */
  #full = false;
  /** @type {Screen} */
  #screen = start;
  /** The screen before an operator's gesture. @type {Screen} */
  #before = start;
  #idle = new Idle();
  #timer = 0;
  /** Whether an answer was pressed, and its screen is about to be left. */
  #moving = false;
  /** Whether the operator's page or its PIN pad is shown. */
  #attended = false;
  /** Whether the answers are being stored, or are stored. */
  #ending = false;
  /** Whether the answers are stored. */
  #kept = false;

  /**
   * @param {HTMLElement} root
   * @param {Messages} messages
   * @param {Outside} outside
   */
  constructor(root, messages, outside) {
    super(root, messages);
    this.outside = outside;
  }

  /** The configuration on the screen: a survey keeps the one it began with. @returns {Config} */
  get settings() {
    const config = this.survey?.config ?? this.config;
    if (!config) throw new Error("there is no configuration to show");
    return config;
  }

  /** @returns {string[]} */
  get languages() {
    return this.survey?.config.languages ?? this.config?.languages ?? ["vi", "en"];
  }

  /** Why no survey can be shown. @returns {Problem | null} */
  get problem() {
    return this.#full ? "out.storage" : this.#lack;
  }

  /** The terminal is in use, and its screen must not be lost. */
  get busy() {
    return this.survey !== null || this.#attended;
  }

  /** @param {Screen} screen */
  show(screen) {
    this.#screen = screen;
    this.#moving = false;
    this.enter();
  }

  /** @override */
  picture() {
    return this.#screen(this);
  }

  /** Shows the start screen, with nothing left of the last survey. */
  start() {
    clearTimeout(this.#timer);
    this.#idle.stop();
    this.survey = null;
    this.services = new ServiceChoice(this);
    this.aids.reset();
    this.unlocked = this.#attended = this.#ending = this.#kept = false;
    this.language = this.languages[0] ?? "vi";
    getSelection()?.removeAllRanges();
    this.show(this.#home());
    this.outside.between();
  }

  /** @returns {Screen} */
  #home() {
    if (this.problem) return outOfService;
    if (!this.config) return enrolment;
    return asks(this.config, this.outside.now()) ? start : closed;
  }

  /** Takes over a configuration. A survey in progress ends with its own. @param {Config} config */
  configure(config) {
    this.config = config;
    this.pin = config.pin;
    markPreview(this.messages, config.preview ?? false);
    this.#lack = null;
    if (!this.busy) this.start();
  }

  /** Stops surveys until a configuration arrives. @param {Problem} lack why there is none */
  halt(lack) {
    const known = this.#lack === lack && this.#screen === this.#home();
    this.config = null;
    this.#lack = lack;
    if (!this.busy && !known) this.start();
  }

  /** Notes that the disk refuses answers, or stores them again. @param {boolean} full */
  fill(full) {
    if (this.#full === full) return;
    this.#full = full;
    if (full || !this.busy) this.start();
  }

  /** @param {string} language */
  begin(language) {
    if (this.#home() !== start) return this.start(); // the round has closed since
    fillScreen();
    this.language = language;
    this.survey = new Survey(this.settings, language, { now: this.outside.now() });
    this.outside.begin(this.survey.id);
    this.#watch();
    this.show(this.#first());
  }

  /** @returns {Screen} */
  #first() {
    return this.settings.procedures.length > 0 ? service : question;
  }

  /** Resets the terminal when its citizen has gone. Aids for hearing or reading give more time. */
  #watch() {
    const { idle, warning } = this.settings.timeouts;
    const patience = this.aids.patience;
    this.#idle.start({
      seconds: idle * patience,
      warning: warning * patience,
      warn: (left) => stillThere(this, left, () => this.#idle.stay()),
      returned: () => this.#dismiss(),
      expired: () => this.leave(),
    });
  }

  /** The question "are you still there?" was answered. */
  #dismiss() {
    hush();
    this.root.querySelector("dialog")?.remove();
    /** @type {HTMLElement | null} */ (this.root.querySelector("[data-focus]"))?.focus({ preventScroll: true });
  }

  /** Continues with the chosen procedure, or without one. */
  toQuestions() {
    this.services.unread = false;
    this.#keepDraft();
    this.show(question);
  }

  /** Handles a scanned code. @param {string} text */
  scanned(text) {
    if (this.#screen === service && this.settings.scan) this.services.read(text);
  }

  /**
   * Answers the question, and goes on once the button was seen to be pressed; a second touch clears an answer given before.
   * @param {Answer} answer
   */
  answer(answer) {
    if (this.survey?.chosen === answer) return this.#moving ? undefined : this.#takeBack();
    this.record((survey) => survey.record(answer));
    this.#moving = true;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#timer = setTimeout(() => this.goOn(), still ? 0 : PRESSED_MS);
  }

  #takeBack() {
    this.record((survey) => survey.takeBack());
    this.redraw();
  }

  /** Changes the answers, which are kept at once; the screen stays. @param {(survey: Survey) => void} change */
  record(change) {
    if (!this.survey || this.#ending) return;
    clearTimeout(this.#timer);
    this.#moving = false;
    change(this.survey);
    this.#keepDraft();
  }

  /** Answers the question with what was typed, and goes on. @param {Answer | null} answer */
  confirm(answer) {
    this.record((survey) => survey.record(answer));
    this.goOn();
  }

  /** Continues without an answer. */
  skip() {
    this.survey?.entries.delete(this.survey.item?.id ?? "");
    this.confirm(null);
  }

  /** Asks whether a required question is left out. */
  decline() {
    this.record(() => {});
    this.show(declining);
  }

  /** Continues with the answer given before, or without one. An option may ask for a text first. */
  goOn() {
    clearTimeout(this.#timer);
    if (!this.survey || this.#ending) return;
    const { item, chosen } = this.survey;
    if (this.#screen === question && item && asksForOther(item, chosen)) return this.show(other);
    this.survey.goOn();
    this.#keepDraft();
    if (this.survey.item) this.show(question);
    else if (this.settings.comment) this.show(comment);
    else void this.finish();
  }

  /** Goes back to the previous question, or to the screen before the first one. */
  back() {
    clearTimeout(this.#timer);
    if (this.#screen === other || this.#screen === declining) this.show(question);
    else if (this.#screen === service || this.survey?.position === 0) this.#backFromFirst();
    else {
      this.survey?.back();
      this.show(question);
    }
  }

  #backFromFirst() {
    if (this.services.field && this.#screen === service) this.services.chooseField("");
    else if (this.#screen !== service && this.#first() === service) this.show(service);
    else void this.leave();
  }

  /** Ends the survey with a comment. @param {string} text empty: none */
  say(text) {
    if (this.survey) this.survey.comment = text.trim() || null;
    void this.finish();
  }

  async finish() {
    if (!(await this.#keep())) return;
    this.show(thanks);
    this.#linger(this.settings.timeouts.thanks * this.aids.patience);
  }

  /** Shows the start after so many seconds without a touch. @param {number} seconds */
  #linger(seconds) {
    this.#idle.start({ seconds, warning: 0, warn: () => {}, returned: () => {}, expired: () => void this.leave() });
  }

  /** Ends a survey that the citizen has left: its answers are kept, marked as incomplete if some are missing. */
  async leave() {
    if (!this.survey || this.#kept || (await this.#keep())) this.start();
  }

  #keepDraft() {
    if (this.survey) void this.outside.draft(this.#submission(), this.survey.id);
  }

  #submission() {
    return this.survey && !this.survey.unanswered ? this.survey.submission(this.outside.now()) : null;
  }

  /**
   * Stores the answers on disk, if there are any.
   * @returns {Promise<boolean>} false: done already, or it failed, and the screen shows something else by now
   */
  async #keep() {
    const { survey } = this;
    if (this.#ending || !survey) return false;
    this.#ending = true;
    this.#idle.stop();
    clearTimeout(this.#timer);
    this.#kept = await this.outside.end(this.#submission(), survey.id);
    return this.#kept && this.survey === survey;
  }

  /** Shows the same screen in another language. @param {string} language */
  changeLanguage(language) {
    this.language = language;
    if (this.survey) this.survey.language = language;
    this.redraw();
  }

  toggle = (/** @type {"large" | "contrast" | "spoken"} */ aid) => {
    this.aids[aid] = !this.aids[aid];
    if (aid === "spoken" && !this.aids.spoken) hush();
    if (!this.config) this.#linger(DEFAULT_IDLE_SECONDS);
    else if (!this.#ending) this.#watch();
    this.redraw();
  };

  /**
   * The operator's gesture. A citizen may have made it, so a survey under way waits, and ends only by a PIN that fits.
   * A terminal that never had a PIN and has no configuration has nothing to protect.
   */
  attend() {
    if (this.#attended) return;
    clearTimeout(this.#timer);
    this.#before = this.#screen;
    if (!this.survey || this.#ending) this.start();
    this.#attended = true;
    this.#linger(DEFAULT_IDLE_SECONDS);
    if (this.pin) this.show(pinPad);
    else this.#open(!this.config);
  }

  /** Leaves the operator's page, back to the survey in progress or to the start. */
  resume() {
    if (!this.survey || this.#ending) return this.start();
    this.#attended = this.unlocked = false;
    this.#watch();
    this.show(this.#before);
  }

  /** The PIN fits: the citizen who began a survey here has gone. */
  async unlock() {
    if (this.survey && !this.#ending) await this.#keep();
    if (this.survey) this.start();
    this.#attended = true;
    this.#linger(DEFAULT_IDLE_SECONDS);
    this.#open(true);
  }

  /** @param {boolean} unlocked false: the operator may look, and do nothing */
  #open(unlocked) {
    this.unlocked = unlocked;
    this.show(operator);
  }

  /** @param {Refusal | null} [refusal] why the last code was not taken */
  askForCode(refusal = null) {
    this.show((kiosk) => enrolment(kiosk, refusal));
  }
}
