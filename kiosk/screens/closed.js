/** @typedef {import("../kiosk.js").Kiosk} Kiosk */
import { h } from "../dom.js";
import { frame } from "./frame.js";

/**
 * The screen of an enrolled terminal while no round is open.
 * @param {Kiosk} kiosk
 * @returns {HTMLElement}
 */
export function closed(kiosk) {
  const notices = kiosk.languages.map((language) => {
    const words = (/** @type {"closed.title" | "closed.body"} */ key) => kiosk.messages.text(language, key);
    return h("section", { lang: language }, h("h1", {}, words("closed.title")), h("p", {}, words("closed.body")));
  });
  return frame(kiosk, "notice", { everyLanguage: true }, ...notices);
}
