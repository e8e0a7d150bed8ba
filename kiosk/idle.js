/**
 * Whether the terminal is idle. After so many seconds without a touch, a key or an assistive device's act it says that time runs out, counts down
 * the last of them, and then calls `expired`; one time at a time.
 * The page's own running time stands still while the machine sleeps, and the clock on the wall may be set: where only
 * the wall says that time is up, the seconds of the warning remain.
 *
 * @typedef {object} Watch
 * @property {number} seconds in all
 * @property {number} warning how many of them are counted down
 * @property {(left: number) => void} warn at every second of those
 * @property {() => void} returned a touch came after all
 * @property {() => void} expired
 */
export class Idle {
  #timer = 0;
  /** By the page's running time. */
  #deadline = 0;
  /** By the device's clock. */
  #end = 0;
  #warned = false;
  /** @type {Watch | null} */
  #watch = null;

  constructor() {
    for (const sign of ["pointerdown", "pointermove", "keydown", "wheel", "scroll", "click", "input"]) {
      addEventListener(sign, () => this.#notice(), { capture: true, passive: true });
    }
  }

  /** @param {Watch} watch */
  start(watch) {
    this.stop();
    this.#watch = watch;
    this.#begin();
  }

  stop() {
    clearTimeout(this.#timer);
    this.#watch = null;
    this.#warned = false;
  }

  /** During the countdown a touch alone does not count: it answers the question on the screen. */
  stay() {
    if (!this.#watch) return;
    this.#begin();
    this.#watch.returned();
  }

  /** After the machine has slept another person may be there: the first touch does not continue the survey. */
  #notice() {
    if (this.#warned || !this.#watch) return;
    if (Date.now() < this.#end) this.#begin();
    else this.#tick();
  }

  #begin() {
    if (!this.#watch) return;
    const wait = 1000 * this.#watch.seconds;
    this.#warned = false;
    this.#deadline = performance.now() + wait;
    this.#end = Date.now() + wait;
    this.#wait();
  }

  /** Waits until the next second of the remaining time, by the running time or the device's clock. */
  #wait() {
    clearTimeout(this.#timer);
    const { warning = 0 } = this.#watch ?? {};
    const next = this.#deadline - performance.now() - (this.#warned ? 0 : 1000 * warning);
    this.#timer = setTimeout(() => this.#tick(), Math.max(0, Math.min(1000, next)));
  }

  #tick() {
    const watch = this.#watch;
    if (!watch) return;
    if (!this.#warned && Date.now() >= this.#end) this.#shorten(1000 * watch.warning);
    const left = Math.round((this.#deadline - performance.now()) / 1000);
    if (left <= 0) {
      this.stop();
      return watch.expired();
    }
    this.#warned ||= left <= watch.warning;
    if (this.#warned) watch.warn(left);
    this.#wait();
  }

  /** @param {number} wait ms that remain at most */
  #shorten(wait) {
    this.#deadline = Math.min(this.#deadline, performance.now() + wait);
  }
}
