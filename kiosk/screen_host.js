/**
 * The screen itself: draws what is shown, in a language, with the aids chosen.
 *
 * @typedef {import("./messages.js").Messages} Messages
 * @typedef {import("./messages.js").Translate} Translate
 */
import { Aids } from "./aids.js";
import { fit } from "./dom.js";
import { readAloud } from "./speech.js";

const REACTION_MS = 300; // after a change of the screen, touches are ignored: the citizen cannot have read it yet

export class ScreenHost {
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

  /** The picture to show now. @returns {HTMLElement} */
  picture() {
    throw new Error("a screen host must define its picture");
  }

  /** Shows a new picture, scrolled to its top, with the focus on its question. */
  enter() {
    this.draw();
    scrollTo(0, 0);
    /** @type {HTMLElement | null} */ (this.root.querySelector("[data-focus]"))?.focus({ preventScroll: true });
    this.#read();
  }

  /** Shows the same picture in another language or look. */
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

  /** Ignores touches until a person can have read the buttons. Keys and assistive devices are not delayed. */
  #settle() {
    cancelAnimationFrame(this.#settling);
    this.root.classList.add("fresh");
    this.#settling = requestAnimationFrame((shown) => this.#settleAt(shown + REACTION_MS));
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
