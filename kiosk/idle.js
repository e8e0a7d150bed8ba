/**
 * Whether somebody is there. After so many seconds without a touch or a key it says that time runs out, counts down
 * the last of them, and then calls `expired`; one time at a time.
 *
 * @typedef {object} Watch
 * @property {number} seconds in all
 * @property {number} warning how many of them are counted down
 * @property {(left: number) => void} warn at every second of those
 * @property {() => void} returned somebody is there after all
 * @property {() => void} expired
 */
export class Idle {
  #timer = 0;
  #deadline = 0;
  #warned = false;
  /** @type {Watch | null} */
  #watch = null;

  constructor() {
    for (const sign of ["pointerdown", "pointermove", "keydown", "wheel", "scroll"]) {
      addEventListener(sign, () => this.#warned || this.#begin(), { capture: true, passive: true });
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

  /** While time is counted down a touch alone does not count: it is the answer to the question that is shown. */
  stay() {
    if (!this.#watch) return;
    this.#begin();
    this.#watch.returned();
  }

  #begin() {
    if (!this.#watch) return;
    const { seconds, warning } = this.#watch;
    this.#warned = false;
    this.#deadline = performance.now() + 1000 * seconds;
    this.#after(seconds - warning);
  }

  /** @param {number} seconds */
  #after(seconds) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tick(), 1000 * seconds);
  }

  #tick() {
    const watch = this.#watch;
    if (!watch) return;
    const left = Math.round((this.#deadline - performance.now()) / 1000);
    if (left <= 0) {
      this.stop();
      watch.expired();
    } else {
      this.#warned = true;
      watch.warn(left);
      this.#after(Math.min(1, (this.#deadline - performance.now()) / 1000));
    }
  }
}
