/** One of several options; many of them scroll. @typedef {import("./asked.js").Kiosk} Kiosk */
import { h } from "../../dom.js";
import { scrolled } from "../scrolled.js";
import { answerButton, pressed, worded } from "./asked.js";

/**
 * @param {Kiosk} kiosk
 * @param {import("./asked.js").Survey} survey
 * @param {import("./asked.js").Item} item
 */
export function choice(kiosk, survey, item) {
  const list = optionList(survey, item, ({ code, text }, place) =>
    answerButton(kiosk, code, { id: `option-${place}`, look: "option", words: h("span", { class: "name" }, worded(kiosk, text)) }),
  );
  return pressed(kiosk, "options", survey, item, scrolled(kiosk, list));
}

/**
 * The options in the order of this person.
 * @param {import("./asked.js").Survey} survey
 * @param {import("./asked.js").Item} item
 * @param {(option: import("../../config.js").Option, place: number) => HTMLElement} button
 */
export function optionList(survey, item, button) {
  const { options = [] } = item;
  const places = survey.optionOrder.places(item, options.length);
  const buttons = places.map((place) => button(/** @type {import("../../config.js").Option} */ (options[place]), place));
  return h("div", { class: "choices one", role: "group", "aria-labelledby": "question" }, ...buttons);
}
