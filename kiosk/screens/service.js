/** @typedef {import("../kiosk.js").Kiosk} Kiosk */
import { joined } from "../compounds.js";
import { h } from "../dom.js";
import { frame } from "./frame.js";
import { progress } from "./progress.js";
import { scrolled } from "./scrolled.js";

/**
 * The screens that ask for the service: first the field, then the procedure.
 * @param {Kiosk} kiosk
 * @returns {HTMLElement}
 */
export function service(kiosk) {
  const { t, settings, survey, services } = kiosk;
  const { field, unread } = services;
  if (!survey) throw new Error("there is no survey to choose a procedure for");
  const found = settings.procedures.find((one) => one.field === field);
  const choices = found
    ? found.procedures.map((one) => choice(one.name, one.name_en, one.code, () => services.chooseProcedure(one.code), kiosk))
    : settings.procedures.map((one) => choice(one.field, one.field_en, one.field, () => services.chooseField(one.field), kiosk));
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
