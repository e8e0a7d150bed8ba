/** @typedef {import("../kiosk.js").Kiosk} Kiosk */
import { h } from "../dom.js";
import { frame } from "./frame.js";
import { progress } from "./progress.js";

const COMMENT_MAX_CHARACTERS = 1000;

/**
 * The screen for a comment in the citizen's own words.
 * @param {Kiosk} kiosk
 * @returns {HTMLElement}
 */
export function comment(kiosk) {
  const { t, survey } = kiosk;
  if (!survey) throw new Error("there is no survey to comment on");
  const text = /** @type {HTMLTextAreaElement} */ (
    h("textarea", {
      id: "comment",
      maxlength: COMMENT_MAX_CHARACTERS,
      autocomplete: "off",
      spellcheck: "false",
      "aria-labelledby": "question",
      "aria-describedby": "private",
      oninput: () => (survey.typed = text.value),
    })
  );
  text.value = survey.typed;
  const send = () => kiosk.say(text.value);
  return frame(
    kiosk,
    "comment",
    { progress: progress(survey, survey.shown.length), back: () => kiosk.back(), skip: () => kiosk.say("") },
    h("h1", { id: "question", tabindex: -1, "data-focus": true }, t("comment.title")),
    h("p", { id: "private" }, t("comment.private")),
    text,
    h("button", { type: "button", id: "send", class: "primary", onclick: send }, h("b", {}, t("comment.send"))),
  );
}
