/** @typedef {import("../kiosk.js").Kiosk} Kiosk */
import { h } from "../dom.js";
import { mark } from "../faces.js";
import { countQuestions } from "../form.js";
import { frame } from "./frame.js";

const SECONDS_AN_ITEM = 10;

/**
 * The screen between citizens: the invitation, and a button to begin in each language.
 * @param {Kiosk} kiosk
 * @returns {HTMLElement}
 */
export function start(kiosk) {
  const { languages, instrument } = kiosk.settings;
  const marks = instrument.scale.points.map((_, place) => mark(instrument.scale, place));
  return frame(
    kiosk,
    "start",
    { everyLanguage: true },
    h("div", { class: "marks", "aria-hidden": "true" }, ...marks),
    h("h1", { tabindex: -1, "data-focus": true }, ...languages.map((language) => headline(kiosk, language))),
    h("div", { class: "begin" }, ...languages.map((language) => beginning(kiosk, language))),
  );
}

/**
 * @param {Kiosk} kiosk
 * @param {string} language
 */
function headline({ messages }, language) {
  return h("span", { lang: language }, messages.text(language, "start.headline"));
}

/**
 * @param {Kiosk} kiosk
 * @param {string} language
 */
function beginning(kiosk, language) {
  const { messages } = kiosk;
  const privacy = messages.text(language, "start.anonymous");
  const begin = () => kiosk.begin(language);
  return h(
    "div",
    { lang: language },
    h(
      "button",
      { type: "button", id: `begin-${language}`, class: "primary", onclick: begin },
      h("b", {}, messages.text(language, "start.begin")),
      h("span", {}, messages.name(language)),
    ),
    h("p", {}, duration(kiosk, language), h("br", {}), privacy),
  );
}

/**
 * @param {Kiosk} kiosk
 * @param {string} language
 */
function duration({ messages, settings }, language) {
  const minutes = Math.ceil((countQuestions(settings.form) * SECONDS_AN_ITEM) / 60);
  if (minutes <= 1) return messages.text(language, "start.under_a_minute");
  return messages.text(language, "start.minutes", { minutes });
}
