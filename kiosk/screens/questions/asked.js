/**
 * What the screens of all kinds of item have in common: the section, the question, the ways on, and "not applicable".
 *
 * @typedef {import("../../kiosk.js").Kiosk} Kiosk
 * @typedef {import("../../survey.js").Survey} Survey
 * @typedef {import("../../config.js").Item} Item
 * @typedef {import("../../config.js").Text} Text
 * @typedef {import("../../answer_sheet.js").Answer} Answer
 * @typedef {import("../../dom.js").Child} Child
 */
import { NOT_APPLICABLE } from "../../answer_sheet.js";
import { joined } from "../../compounds.js";
import { drawing, h } from "../../dom.js";
import { frame } from "../frame.js";
import { progress } from "../progress.js";

const TICK = `<path d="M4 12.5l5.5 5.5L20 7"/>`;

/**
 * The screen of an item that one press answers. An answer given before is kept by going on.
 * @param {Kiosk} kiosk
 * @param {string} name the screen's class
 * @param {Survey} survey
 * @param {Item} item
 * @param {...Child} answers
 */
export function pressed(kiosk, name, survey, item, ...answers) {
  const leave = survey.chosen === undefined ? withoutAnswer(kiosk, item) : { forward: () => kiosk.goOn() };
  return asked(kiosk, name, survey, item, leave, hint(kiosk, item), ...answers, applicable(kiosk, item, "apart"));
}

/**
 * The screen of an item whose answer is composed and then confirmed by a button.
 * @param {Kiosk} kiosk
 * @param {string} name the screen's class
 * @param {Survey} survey
 * @param {Item} item
 * @param {{explain: Child, confirm: () => void}} around
 * @param {...Child} answers
 */
export function confirmed(kiosk, name, survey, item, { explain, confirm }, ...answers) {
  const row = h("div", { class: "confirm" }, applicable(kiosk, item, "secondary"), goOn(kiosk, confirm));
  return asked(kiosk, name, survey, item, withoutAnswer(kiosk, item), explain, ...answers, row);
}

/**
 * The button that confirms a composed answer.
 * @param {Kiosk} kiosk
 * @param {() => void} confirm
 */
export function goOn({ t }, confirm) {
  return h("button", { type: "button", id: "go-on", class: "primary", onclick: confirm }, h("b", {}, t("question.go_on")));
}

/**
 * @param {Kiosk} kiosk
 * @param {string} name
 * @param {Survey} survey
 * @param {Item} item
 * @param {import("../frame.js").Around} leave
 * @param {Child} explain
 * @param {...Child} parts
 */
function asked(kiosk, name, survey, item, leave, explain, ...parts) {
  const around = { progress: progress(survey, survey.position), back: () => kiosk.back(), ...leave };
  const heading = h("h1", { id: "question", tabindex: -1, "data-focus": true, "data-fit": true }, worded(kiosk, item.text));
  return frame(
    kiosk,
    `question ${name}`,
    around,
    h("div", { class: "asking" }, ...sectionOf(kiosk, survey, item), heading, explain),
    ...parts,
  );
}

/**
 * A required item has no skip: a screen asks first whether the citizen wants to leave it out.
 * @param {Kiosk} kiosk
 * @param {Item} item
 * @returns {import("../frame.js").Around}
 */
function withoutAnswer(kiosk, { required }) {
  return required ? { decline: () => kiosk.decline() } : { skip: () => kiosk.skip() };
}

/**
 * The title of the item's section, and with its first item the introduction.
 * @param {Kiosk} kiosk
 * @param {Survey} survey
 * @param {Item} item
 */
function sectionOf(kiosk, survey, item) {
  const found = survey.config.instrument.sections?.find((one) => one.id === item.section);
  if (!found) return [];
  const isFirst = survey.shown.find((one) => one.section === item.section) === item;
  const intros = isFirst ? (found.intros ?? []) : [];
  return [h("p", { class: "section" }, worded(kiosk, found.title)), ...intros.map((intro) => h("p", { class: "intro" }, worded(kiosk, intro)))];
}

/**
 * @param {Kiosk} kiosk
 * @param {Item} item
 */
function hint(kiosk, item) {
  return item.hint && explanation(worded(kiosk, item.hint));
}

/** @param {string} words */
export function explanation(words) {
  return h("p", { class: "hint", id: "hint" }, words);
}

/**
 * @param {Kiosk} kiosk
 * @param {Text} text
 */
export function worded({ language }, text) {
  const words = text[language] ?? "";
  return language === "vi" ? joined(words) : words;
}

/**
 * The button "not applicable", where the item has it.
 * @param {Kiosk} kiosk
 * @param {Item} item
 * @param {string} look
 */
function applicable(kiosk, { not_applicable: offered }, look) {
  const button = { id: "not-applicable", look, words: h("span", { class: "word" }, kiosk.t("question.not_applicable")) };
  return offered && answerButton(kiosk, NOT_APPLICABLE, button);
}

/**
 * A button that answers the question.
 * @param {Kiosk} kiosk
 * @param {Answer} answer
 * @param {{id: string, look: string, words: Child, before?: Child}} button
 */
export function answerButton(kiosk, answer, { id, look, words, before }) {
  const press = (/** @type {MouseEvent} */ event) => {
    /** @type {HTMLElement} */ (event.currentTarget).classList.add("pressed");
    kiosk.answer(answer);
  };
  const chosen = kiosk.survey?.chosen === answer;
  return h("button", { type: "button", id, class: look, "aria-pressed": String(chosen), onclick: press }, before, words, tick());
}

export function tick() {
  return drawing("tick", "0 0 24 24", TICK);
}
