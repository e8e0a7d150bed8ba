/** @typedef {import("../kiosk.js").Kiosk} Kiosk */
import { h } from "../dom.js";
import { frame } from "./frame.js";

/**
 * Said in every language to the citizen, with the cause for the person who mends it.
 * @param {Kiosk} kiosk
 * @returns {HTMLElement}
 */
export function outOfService(kiosk) {
  const { messages, problem } = kiosk;
  const notices = kiosk.languages.map((language) =>
    h(
      "section",
      { lang: language },
      h("h1", {}, messages.text(language, "out.title")),
      h("p", {}, messages.text(language, "out.body")),
      problem && h("p", { class: "cause" }, messages.text(language, problem)),
    ),
  );
  return frame(kiosk, "notice", { everyLanguage: true }, ...notices);
}
