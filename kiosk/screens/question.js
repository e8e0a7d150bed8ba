/**
 * The screen of one item, by its kind.
 *
 * @typedef {import("../kiosk.js").Kiosk} Kiosk
 * @typedef {import("../survey.js").Survey} Survey
 * @typedef {import("../config.js").Item} Item
 */
import { choice } from "./questions/choice.js";
import { choices } from "./questions/choices.js";
import { number } from "./questions/number.js";
import { rating } from "./questions/rating.js";
import { text } from "./questions/text.js";
import { yesNo } from "./questions/yes_no.js";

/** @type {Record<import("../config.js").Kind, (kiosk: Kiosk, survey: Survey, item: Item) => HTMLElement>} */
const BY_KIND = { rating, choice, choices, "yes-no": yesNo, number, text };

/**
 * @param {Kiosk} kiosk
 * @returns {HTMLElement}
 */
export function question(kiosk) {
  const { survey } = kiosk;
  if (!survey?.item) throw new Error("there is no question to show");
  return BY_KIND[survey.item.kind ?? "rating"](kiosk, survey, survey.item);
}
