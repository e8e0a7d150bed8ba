/** @typedef {import("../kiosk.js").Kiosk} Kiosk */
import { joined } from "../compounds.js";
import { drawing, h } from "../dom.js";
import { frame } from "./frame.js";
import { progress } from "./question.js";

/**
 * The screens that ask for the service: first the field, then the procedure.
 * @param {Kiosk} kiosk
 * @returns {HTMLElement}
 */
export function service(kiosk) {
  const { t, field, settings, survey, unread } = kiosk;
  if (!survey) throw new Error("there is no survey to choose a procedure for");
  const found = settings.procedures.find((one) => one.field === field);
  const choices = found
    ? found.procedures.map((one) => choice(one.name, one.name_en, one.code, () => kiosk.chooseProcedure(one.code), kiosk))
    : settings.procedures.map((one) => choice(one.field, one.field_en, one.field, () => kiosk.chooseField(one.field), kiosk));
  return frame(
    kiosk,
    "service",
    {
      progress: progress(survey, -1),
      back: () => kiosk.back(),
      [survey.procedure === null ? "skip" : "forward"]: () => kiosk.toQuestions(),
    },
    h("h1", { id: "question", tabindex: -1, "data-focus": true }, t(found ? "service.procedure" : "service.field")),
    !found && settings.scan && h("p", { class: "scan", role: "status" }, t(unread ? "service.unread" : "service.scan")),
    found && named("p", { class: "field" }, found.field, found.field_en, kiosk),
    scrolled(kiosk, h("div", { class: found ? "choices one" : "choices", role: "group", "aria-labelledby": "question" }, ...choices)),
  );
}

/**
 * @param {string} words
 * @param {string | undefined} english
 * @param {string} code
 * @param {() => void} act
 * @param {Kiosk} kiosk
 */
function choice(words, english, code, act, kiosk) {
  const chosen = kiosk.survey?.procedure === code;
  return named("button", { type: "button", "aria-pressed": chosen ? "true" : null, onclick: act }, words, english, kiosk);
}

/**
 * Returns the procedure's name in Vietnamese; in other languages in English, if the catalogue has it.
 * @param {string} tag
 * @param {import("../dom.js").Attributes} attributes
 * @param {string} words
 * @param {string | undefined} english
 * @param {Kiosk} kiosk
 */
function named(tag, attributes, words, english, { language }) {
  const shown = language === "vi" ? undefined : english;
  return h(tag, { ...attributes, lang: shown ? "en" : "vi" }, shown ?? joined(words));
}

const LIST_EDGE_PX = 12;

/**
 * A list that may be longer than the screen, with buttons to scroll it: many people do not know that it can be dragged.
 * @param {Kiosk} kiosk
 * @param {HTMLElement} list
 */
function scrolled({ t }, list) {
  const move = (/** @type {number} */ way) => () => list.scrollBy({ top: way * 0.8 * list.clientHeight });
  const up = mover(t("service.up"), "M5 15l7-7 7 7", move(-1));
  const down = mover(t("service.down"), "M5 9l7 7 7-7", move(1));
  const look = () => {
    up.disabled = list.scrollTop < LIST_EDGE_PX;
    down.disabled = list.scrollTop + list.clientHeight > list.scrollHeight - LIST_EDGE_PX;
  };
  list.addEventListener("scroll", look, { passive: true });
  new ResizeObserver(look).observe(list);
  return h("div", { class: "scrolled" }, list, h("div", { class: "movers" }, up, down));
}

/**
 * @param {string} words
 * @param {string} arrow
 * @param {() => void} act
 * @returns {HTMLButtonElement}
 */
function mover(words, arrow, act) {
  const button = h("button", { type: "button", onclick: act }, drawing("icon", "0 0 24 24", `<path d="${arrow}"/>`), words);
  return /** @type {HTMLButtonElement} */ (button);
}
