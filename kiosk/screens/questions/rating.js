/** The points of a scale as buttons. @typedef {import("./asked.js").Kiosk} Kiosk */
import { scaleOf } from "../../config.js";
import { h } from "../../dom.js";
import { mark } from "../../faces.js";
import { answerButton, pressed } from "./asked.js";

const FEW_POINTS = 5; // one below or beside the other
const SHORT_LABEL_CHARACTERS = 12;

/**
 * @param {Kiosk} kiosk
 * @param {import("./asked.js").Survey} survey
 * @param {import("./asked.js").Item} item
 */
export function rating(kiosk, survey, item) {
  const scale = scaleOf(survey.config.instrument, item);
  const labels = scale.labels[kiosk.language] ?? [];
  const places = survey.optionOrder.places(item, scale.points.length);
  const answers = h(
    "div",
    { class: look(scale.points.length, labels), role: "group", "aria-labelledby": "question" },
    ...places.map((place) => point(kiosk, scale, labels, place)),
  );
  answers.style.setProperty("--columns", String(Math.ceil(places.length / 2)));
  return pressed(kiosk, "rating", survey, item, answers);
}

/**
 * @param {number} points
 * @param {string[]} labels
 */
function look(points, labels) {
  if (points <= FEW_POINTS) return "answers few";
  return labels.every((label) => label.length <= SHORT_LABEL_CHARACTERS) ? "answers many short" : "answers many";
}

/**
 * A label that repeats the number is read aloud only.
 * @param {Kiosk} kiosk
 * @param {import("../../config.js").Scale} scale
 * @param {string[]} labels
 * @param {number} place
 */
function point(kiosk, scale, labels, place) {
  const answer = /** @type {number} */ (scale.points[place]);
  const repeats = scale.display === "numbers" && labels[place] === String(answer);
  const words = h("span", { class: repeats ? "word spoken" : "word" }, labels[place]);
  return answerButton(kiosk, answer, { id: `point-${answer}`, look: "answer", before: mark(scale, place), words });
}
