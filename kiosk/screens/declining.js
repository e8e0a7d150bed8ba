/** @typedef {import("../kiosk.js").Kiosk} Kiosk */
import { h } from "../dom.js";
import { frame } from "./frame.js";
import { progress } from "./progress.js";
import { worded } from "./questions/asked.js";

/**
 * The screen that asks whether a required question is left out: the answers then count as partial.
 * @param {Kiosk} kiosk
 * @returns {HTMLElement}
 */
export function declining(kiosk) {
  const { t, survey } = kiosk;
  if (!survey?.item) throw new Error("there is no question to leave out");
  const button = (/** @type {string} */ id, /** @type {string} */ look, /** @type {string} */ words, /** @type {() => void} */ onclick) =>
    h("button", { type: "button", id, class: look, onclick }, h("b", {}, words));
  return frame(
    kiosk,
    "declining",
    { progress: progress(survey, survey.position), back: () => kiosk.back() },
    h("p", { class: "section" }, worded(kiosk, survey.item.text)),
    h("h1", { tabindex: -1, "data-focus": true }, t("decline.title")),
    h("p", {}, t("decline.body")),
    button("answer-it", "primary", t("decline.answer"), () => kiosk.back()),
    button("leave-out", "secondary", t("decline.skip"), () => kiosk.skip()),
  );
}
