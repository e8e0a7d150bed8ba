/** @typedef {import("../kiosk.js").Kiosk} Kiosk */
import { joined } from "../compounds.js";
import { drawing, h } from "../dom.js";
import { mark } from "../faces.js";
import { frame } from "./frame.js";

const TICK = `<path d="M4 12.5l5.5 5.5L20 7"/>`;

/**
 * The screen of one item: its text, and each point of the scale as a button.
 * @param {Kiosk} kiosk
 * @returns {HTMLElement}
 */
export function question(kiosk) {
  const { survey, settings, language } = kiosk;
  if (!survey?.item) throw new Error("there is no question to show");
  const text = survey.item.text[language] ?? "";
  const words = language === "vi" ? joined(text) : text;
  const { points } = settings.instrument.scale;
  return frame(
    kiosk,
    "question",
    {
      progress: progress(survey, survey.position),
      back: () => kiosk.back(),
      [survey.chosen === undefined ? "skip" : "forward"]: () => kiosk.goOn(),
    },
    h("h1", { id: "question", tabindex: -1, "data-focus": true, "data-fit": true }, words),
    h(
      "div",
      { class: points.length > 5 ? "answers many" : "answers few", role: "group", "aria-labelledby": "question" },
      ...points.map((point, place) => answer(kiosk, point, place)),
    ),
  );
}

/**
 * The comment, where one is asked for, is the last step.
 * @param {import("../survey.js").Survey} survey
 * @param {number} passed
 */
export function progress(survey, passed) {
  return { number: passed + 1, total: survey.shown.length + Number(survey.config.comment) };
}

/**
 * @param {Kiosk} kiosk
 * @param {number} point
 * @param {number} place
 */
function answer(kiosk, point, place) {
  const { scale } = kiosk.settings.instrument;
  const chosen = kiosk.survey?.chosen === point;
  const press = (/** @type {MouseEvent} */ event) => {
    /** @type {HTMLElement} */ (event.currentTarget).classList.add("pressed");
    kiosk.answer(point);
  };
  return h(
    "button",
    { type: "button", id: `point-${point}`, class: "answer", "aria-pressed": String(chosen), onclick: press },
    mark(scale, place),
    h("span", { class: "word" }, scale.labels[kiosk.language]?.[place]),
    drawing("tick", "0 0 24 24", TICK),
  );
}
