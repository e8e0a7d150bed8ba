/** Two large buttons. @typedef {import("./asked.js").Kiosk} Kiosk */
import { h } from "../../dom.js";
import { answerButton, pressed } from "./asked.js";

/**
 * @param {Kiosk} kiosk
 * @param {import("./asked.js").Survey} survey
 * @param {import("./asked.js").Item} item
 */
export function yesNo(kiosk, survey, item) {
  const button = (/** @type {boolean} */ answer, /** @type {string} */ words) =>
    answerButton(kiosk, answer, { id: answer ? "yes" : "no", look: "answer", words: h("span", { class: "word" }, words) });
  const buttons = [button(true, kiosk.t("question.yes")), button(false, kiosk.t("question.no"))];
  const answers = h("div", { class: "answers two", role: "group", "aria-labelledby": "question" }, ...buttons);
  return pressed(kiosk, "yes-no", survey, item, answers);
}
