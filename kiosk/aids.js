/** What makes the screen easier for one citizen. The next one finds it as it was. */
import { hush } from "./speech.js";

export class Aids {
  large = false;
  contrast = false;
  spoken = false;

  reset() {
    this.large = this.contrast = this.spoken = false;
    hush();
  }

  /** Who needs one of these is given twice the time. */
  get patience() {
    return this.large || this.contrast || this.spoken ? 2 : 1;
  }

  apply() {
    const { classList } = document.documentElement;
    classList.toggle("large", this.large);
    classList.toggle("contrast", this.contrast);
  }
}
