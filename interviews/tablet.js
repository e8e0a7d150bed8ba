/**
 * The tablet: which screen is shown, and the interview in progress.
 * Screens are functions from the tablet to an element. Their controls call the methods here.
 *
 * @typedef {import("./households.js").Household} Household
 * @typedef {import("./households.js").Visit} Visit
 * @typedef {import("./households.js").State} State
 * @typedef {import("./interview.js").Assignment} Assignment
 * @typedef {import("./interview.js").Draft} Draft
 * @typedef {import("./words.js").Key} Key
 * @typedef {import("../kiosk/answer_sheet.js").Answer} Answer
 * @typedef {"failed" | "no_interviewer" | "too_many" | "unreachable"} SignInFault
 * @typedef {(tablet: Tablet) => HTMLElement} Screen
 * @typedef {{drafts: Draft[], waiting: Draft[], visits: Visit[], refusals: import("./records.js").Refusal[]}} OnDisk
 * @typedef {object} Outside what a tablet needs of the world
 * @property {() => Date} now
 * @property {(name: string, password: string) => Promise<SignInFault | null>} signIn
 * @property {() => Promise<void>} signOut
 * @property {() => Promise<void>} refresh
 * @property {(id: string) => void} begin an interview
 * @property {(draft: Draft) => Promise<void>} draft stores the interview so far
 * @property {(draft: Draft) => Promise<boolean>} end resolves once it is on disk, ready to be sent
 * @property {(id: string) => Promise<void>} forget an interview
 * @property {(visit: Visit) => Promise<void>} keepVisit
 * @property {(key: string) => Promise<void>} understood the interviewer has read a refusal
 * @property {() => void} between no interview is in progress: a new version may take over
 * @property {() => Promise<OnDisk>} look
 */
import { asks } from "../kiosk/config.js";
import { dayOf, nextVisit, visitKey, withVisit } from "./households.js";
import { Interview } from "./interview.js";
import { householdScreen } from "./screens/household.js";
import { ending, finished, stopping } from "./screens/ending.js";
import { form } from "./screens/form.js";
import { list } from "./screens/list.js";
import { signIn } from "./screens/sign_in.js";
import { words } from "./words.js";

const NOTHING = { drafts: [], waiting: [], visits: [], refusals: [] };

export class Tablet {
  language = "vi";
  /** The interviewer; empty: no one is signed in. */
  name = "";
  /** @type {Assignment | null} */
  assignment = null;
  /** @type {OnDisk} */
  disk = NOTHING;
  /** Whether the server answered last time. */
  online = true;
  /** Whether the disk stores answers. */
  stores = true;
  /** @type {Household | null} */
  household = null;
  /** @type {Interview | null} */
  interview = null;
  /** How many live in the household; 0: not counted yet. */
  adults = 0;
  /** Whether required questions without an answer are marked on the page. */
  marked = false;
  /** @type {Screen} */
  #screen = signIn;

  /**
   * @param {HTMLElement} root
   * @param {Outside} outside
   */
  constructor(root, outside) {
    this.root = root;
    this.outside = outside;
  }

  /** @type {import("./words.js").Translate} */
  t = (key, values) => words(this.language)(key, values);

  /** The assignment on the screen: an interview keeps the one it began with. */
  get current() {
    return this.interview?.assignment ?? this.assignment;
  }

  get languages() {
    return this.current?.languages ?? ["vi", "en"];
  }

  /** Whether the page may be reloaded. */
  get idle() {
    return this.#screen === list;
  }

  /** Whether interviews may begin. */
  get open() {
    const { assignment } = this;
    return assignment !== null && asks(/** @type {any} */ (assignment), this.outside.now());
  }

  /** The households as this tablet knows them. @returns {Household[]} */
  get households() {
    const { assignment, disk } = this;
    if (!assignment?.round) return [];
    const visits = new Map(disk.visits.map((visit) => [visit.key, visit]));
    const ended = new Set(disk.waiting.filter(({ round }) => round === assignment.round).map((one) => one.questionnaire));
    return assignment.households.map((one) => {
      const known = withVisit(one, visits.get(visitKey(assignment.round, one.questionnaire)));
      return ended.has(one.questionnaire) ? { ...known, state: "done" } : known;
    });
  }

  /** How many interviews and visits were not sent. */
  get unsent() {
    return this.disk.waiting.length + this.disk.visits.filter(({ sent }) => !sent).length;
  }

  /** @param {string} questionnaire */
  draftOf(questionnaire) {
    return this.disk.drafts.find((one) => one.round === this.assignment?.round && one.questionnaire === questionnaire) ?? null;
  }

  /**
   * @param {string} name
   * @param {Assignment | null} assignment null: it is not known yet
   */
  assign(name, assignment) {
    this.name = name;
    this.assignment = assignment;
  }

  /** @param {boolean} online */
  setOnline(online) {
    this.online = online;
  }

  /** @param {boolean} stores */
  setDisk(stores) {
    this.stores = stores;
    this.draw();
  }

  /** Shows the households, or the sign-in. */
  async home() {
    this.household = this.interview = null;
    this.disk = await this.outside.look();
    this.show(this.name ? list : signIn);
    this.outside.between();
  }

  /** Draws the list anew after a change on the disk or the server. */
  async update() {
    if (!this.idle) return;
    this.disk = await this.outside.look();
    if (this.idle) this.draw();
  }

  async signedOut() {
    this.name = "";
    this.assignment = null;
    if (!this.interview) await this.home();
  }

  async signOut() {
    await this.outside.signOut();
    await this.signedOut();
  }

  /** @param {Screen} screen */
  show(screen) {
    this.#screen = screen;
    this.draw();
    scrollTo(0, 0);
    /** @type {HTMLElement | null} */ (this.root.querySelector("[data-focus]"))?.focus({ preventScroll: true });
  }

  /** Draws the same screen again; the focused control keeps the focus. */
  draw() {
    const focused = document.activeElement?.id;
    document.documentElement.lang = this.language;
    this.root.replaceChildren(this.#screen(this));
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  /** @param {string} language */
  speak(language) {
    this.language = language;
    if (this.interview) {
      this.interview.language = language;
      this.store();
    }
    this.draw();
  }

  /** @param {Household} household */
  openHousehold(household) {
    this.household = household;
    this.adults = this.draftOf(household.questionnaire)?.adults ?? 0;
    this.show(householdScreen);
  }

  /** @param {number} adults */
  count(adults) {
    this.adults = adults;
    this.draw();
  }

  /** Begins the interview, or continues one that was interrupted. */
  begin() {
    const { assignment, household } = this;
    if (!assignment || !household) return;
    const draft = this.draftOf(household.questionnaire);
    const from = draft ? { draft } : { now: this.outside.now() };
    this.interview = new Interview(assignment, household, this.adults, this.language, from);
    this.outside.begin(this.interview.id);
    this.store();
    this.#showPage();
  }

  #showPage() {
    this.marked = false;
    this.show(this.interview?.page ? form : ending);
  }

  /** Stores the interview so far. */
  store() {
    if (this.interview) void this.outside.draft(this.interview.draft(this.outside.now()));
  }

  /**
   * @param {string} key an item, or the text beside an option
   * @param {Answer | null} answer
   */
  answer(key, answer) {
    const { interview } = this;
    if (!interview) return;
    const before = shape(interview);
    interview.sheet.set(key, answer);
    this.store();
    if (shape(interview) !== before || this.marked) this.draw();
  }

  /** Goes on, unless required questions of the page have no answer. @param {{skip?: boolean}} [how] */
  next({ skip = false } = {}) {
    const { interview } = this;
    if (!interview) return;
    const invalid = /** @type {HTMLElement | null} */ (this.root.querySelector("[aria-invalid=true]"));
    if (invalid) return invalid.focus(); // a number out of range: it must not be lost without a word
    if (interview.missing.length > 0 && !skip) {
      this.marked = true;
      this.draw();
      document.getElementById(`item-${interview.missing[0]}`)?.scrollIntoView({ block: "center" });
      document.getElementById("missing")?.focus({ preventScroll: true });
      return;
    }
    interview.position += 1;
    this.#showPage();
  }

  back() {
    const { interview } = this;
    if (!interview) return;
    if (interview.position === 0) return this.stop();
    interview.position -= 1;
    this.#showPage();
  }

  stop() {
    this.show(stopping);
  }

  /** Returns to the page that was shown before. */
  goOn() {
    this.#showPage();
  }

  /** Ends the interview: its answers are on disk before the thanks are shown. */
  async finish() {
    const { interview } = this;
    if (!interview) return;
    if (!(await this.outside.end(interview.draft(this.outside.now(), { ended: true })))) return;
    const { household } = interview;
    await this.outside.keepVisit(nextVisit(interview.assignment.round, household, "done", dayOf(this.outside.now())));
    this.interview = null;
    this.show(finished);
  }

  /**
   * Records a visit without an interview. Answers of an interview that was begun are deleted.
   * @param {State} state
   */
  async record(state) {
    const { household, current } = this;
    if (!household || !current) return;
    const draft = this.draftOf(household.questionnaire) ?? this.interview;
    if (draft && state !== "not-at-home") await this.outside.forget(draft.id);
    await this.outside.keepVisit(nextVisit(current.round, household, state, dayOf(this.outside.now())));
    await this.home();
    void this.outside.refresh();
  }
}

/** What the page shows besides the answers. @param {Interview} interview */
function shape(interview) {
  const other = interview.page?.items.map(({ id }) => `${id}_other` in interview.sheet.sent());
  return JSON.stringify([interview.page?.items.map(({ id }) => id), other]);
}
