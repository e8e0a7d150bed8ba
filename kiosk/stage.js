/**
 * The screen itself: draws what is shown, in a language, with the aids chosen.
 *
 * @typedef {import("./messages.js").Messages} Messages
 * @typedef {import("./messages.js").Translate} Translate
 */
import { Aids } from "./aids.js";
import { fit } from "./dom.js";
import { readAloud } from "./speech.js";

const REACTION = 300; // ms after a change of the screen, too short to have read it: a touch answers nothing

export class Stage {
  language = "vi";
  aids = new Aids();
  #settling = 0;

  /**
   * @param {HTMLElement} root
   * @param {Messages} messages
   */
  constructor(root, messages) {
    this.root = root;
    this.messages = messages;
    addEventListener("resize", () => this.#fit()); // a tablet is turned
  }

  /** @type {Translate} */
  t = (key, values) => this.messages.text(this.language, key, values);

  /** What is to be seen now. @returns {HTMLElement} */
  picture() {
    throw new Error("nothing is on this stage");
  }

  /** Shows something new, from its top, with the focus on its question. */
  enter() {
    this.draw();
    scrollTo(0, 0);
    /** @type {HTMLElement | null} */ (this.root.querySelector("[data-focus]"))?.focus({ preventScroll: true });
    this.#read();
  }

  /** Shows the same in another language or look. */
  redraw() {
    this.draw();
    this.#read();
  }

  /** Redraws; the focused control keeps the focus. */
  draw() {
    const focused = document.activeElement?.id;
    document.documentElement.lang = this.language;
    this.aids.apply();
    this.root.replaceChildren(this.picture());
    this.#fit();
    this.#settle();
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  /** Buttons take no touch until a person can have seen what they are; keys and assistive devices read first. */
  #settle() {
    cancelAnimationFrame(this.#settling);
    this.root.classList.add("fresh");
    this.#settling = requestAnimationFrame((shown) => this.#settleAt(shown + REACTION));
  }

  /** @param {number} moment by the page's running time */
  #settleAt(moment) {
    this.#settling = requestAnimationFrame((now) => {
      if (now < moment) this.#settleAt(moment);
      else this.root.classList.remove("fresh");
    });
  }

  #fit() {
    for (const text of this.root.querySelectorAll("[data-fit]")) fit(/** @type {HTMLElement} */ (text));
  }

  #read() {
    if (this.aids.spoken) readAloud(this.root);
  }
}
