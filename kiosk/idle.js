/** Calls `expired` once nobody has touched the screen or a key for the time set; one time at a time. */
export class Idle {
  #timer = 0;
  #seconds = 0;
  #expired = () => {};

  constructor() {
    for (const sign of ["pointerdown", "pointermove", "keydown", "wheel"]) {
      addEventListener(sign, () => this.#restart(), { capture: true, passive: true });
    }
  }

  /**
   * @param {number} seconds
   * @param {() => void} expired
   */
  after(seconds, expired) {
    this.#seconds = seconds;
    this.#expired = expired;
    this.#restart();
  }

  stop() {
    this.#seconds = 0;
    clearTimeout(this.#timer);
  }

  #restart() {
    clearTimeout(this.#timer);
    if (this.#seconds > 0) this.#timer = setTimeout(this.#expired, 1000 * this.#seconds);
  }
}
