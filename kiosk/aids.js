/** Accessibility aids chosen by one citizen. They are reset for the next one. */
import { hush } from "./speech.js";

export class Aids {
  large = false;
  contrast = false;
  spoken = false;

  reset() {
    this.large = this.contrast = this.spoken = false;
    hush();
  }

  /** Whether the idle timeout is doubled. */
  get patience() {
    return this.large || this.contrast || this.spoken ? 2 : 1;
  }

  apply() {
    const { classList } = document.documentElement;
    classList.toggle("large", this.large);
    classList.toggle("contrast", this.contrast);
  }
}
