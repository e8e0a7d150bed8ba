/**
 * The frame of every screen: sender and progress above the content, the other choices below.
 *
 * @typedef {import("../kiosk.js").Kiosk} Kiosk
 * @typedef {import("../dom.js").Child} Child
 * @typedef {object} Around
 * @property {{number: number, total: number}} [progress] number 0: before the first
 * @property {() => void} [back]
 * @property {() => void} [skip] continue without an answer
 * @property {() => void} [decline] ask whether a required question is left out
 * @property {() => void} [forward] continue with the answer given before
 * @property {boolean} [everyLanguage] the screen already shows every language
 * @property {boolean} [forStaff] the screen is for operators
 */
import { drawing, h } from "../dom.js";
import { canSpeak } from "../speech.js";

const PROGRESS_PIECES_MAX = 12;

const ICONS = {
  back: `<path d="M15 5l-7 7 7 7"/>`,
  skip: `<path d="M5 5l7 7-7 7M13 5l7 7-7 7"/>`,
  decline: `<path d="M6 6l12 12M18 6L6 18"/>`,
  forward: `<path d="M9 5l7 7-7 7"/>`,
  language: `<circle cx="12" cy="12" r="9"/><path d="M3 12h18M12 3c-5 5-5 13 0 18M12 3c5 5 5 13 0 18"/>`,
  larger: `<path d="M2 19L7.5 5 13 19M4 14.5h7M18 8v8M14 12h8"/>`,
  normal: `<path d="M2 19L7.5 5 13 19M4 14.5h7M14 12h8"/>`,
  contrast: `<circle cx="12" cy="12" r="9"/><path d="M12 3a9 9 0 0 1 0 18z" fill="currentColor"/>`,
  listen: `<path d="M4 9v6h4l5 4V5L8 9zM16.5 8.5a5 5 0 0 1 0 7M19 6a8.5 8.5 0 0 1 0 12"/>`,
};

/**
 * @param {Kiosk} kiosk
 * @param {string} name the screen's class
 * @param {Around} around
 * @param {...Child} content
 * @returns {HTMLElement}
 */
export function frame(kiosk, name, around, ...content) {
  return h(
    "div",
    { class: `screen ${name}` },
    header(kiosk, around),
    h("main", {}, ...content),
    footer(kiosk, around),
  );
}

/**
 * @param {Kiosk} kiosk
 * @param {Around} around
 */
function header(kiosk, { progress }) {
  const config = kiosk.survey?.config ?? kiosk.config;
  const title = config?.round ? config.instrument.title[kiosk.language] : null;
  return h(
    "header",
    {},
    h("p", { class: "who" }, h("b", { lang: "vi" }, config?.unit.name ?? "SIPAS"), title && h("span", {}, title)),
    progress && h("p", { class: "steps" }, ...steps(kiosk, progress)),
  );
}

/**
 * @param {Kiosk} kiosk
 * @param {{number: number, total: number}} progress
 */
function steps({ t }, { number, total }) {
  const bar = h("span", { class: "bar", "aria-hidden": "true" });
  const pieces = Math.min(total, PROGRESS_PIECES_MAX);
  for (let piece = 1; piece <= pieces; piece += 1) {
    bar.append(h("i", { class: piece * total <= number * pieces ? "done" : null }));
  }
  if (number === 0) return [h("span", {}, t("question.ahead", { total })), bar];
  return [
    h("span", { class: "spoken" }, t("question.progress", { number, total })),
    h("span", { "aria-hidden": "true" }, `${number} / ${total}`),
    bar,
  ];
}

/**
 * @param {Kiosk} kiosk
 * @param {Around} around
 */
function footer(kiosk, { back, skip, decline, forward, everyLanguage, forStaff }) {
  const { t, language, languages, messages } = kiosk;
  const other = languages[(languages.indexOf(language) + 1) % languages.length] ?? language;
  const named = languages.length > 1 && !everyLanguage;
  return h(
    "footer",
    { "aria-label": t("footer.label") },
    back && choice("back", t("footer.back"), { act: back }),
    skip && choice("skip", t("footer.skip"), { act: skip }),
    decline && choice("decline", t("footer.decline"), { act: decline }),
    forward && choice("forward", t("footer.forward"), { act: forward }),
    named && choice("language", messages.name(other), { act: () => kiosk.changeLanguage(other), lang: other }),
    ...(forStaff ? [] : aids(kiosk, everyLanguage ? languages : [language])),
  );
}

/**
 * @param {Kiosk} kiosk
 * @param {string[]} languages in which they are named
 */
function aids({ messages, aids, config, toggle }, languages) {
  const { large, contrast, spoken } = aids;
  const named = (/** @type {`footer.${"normal" | "larger" | "contrast" | "listen"}`} */ key) =>
    languages.map((language) => h("span", { lang: language }, messages.text(language, key)));
  const listens = config?.speech && (spoken || languages.some(canSpeak));
  return [
    choice(large ? "normal" : "larger", named(large ? "footer.normal" : "footer.larger"), { act: () => toggle("large") }),
    choice("contrast", named("footer.contrast"), { act: () => toggle("contrast"), on: contrast }),
    listens && choice("listen", named("footer.listen"), { act: () => toggle("spoken"), on: spoken }),
  ];
}

/**
 * @param {keyof typeof ICONS} icon
 * @param {HTMLElement[] | string} words
 * @param {{act: () => void, lang?: string, on?: boolean}} button
 */
function choice(icon, words, { act, lang, on }) {
  const id = icon === "normal" ? "larger" : icon;
  return h(
    "button",
    { type: "button", id, lang, "aria-pressed": on === undefined ? null : String(on), onclick: act },
    drawing("icon", "0 0 24 24", ICONS[icon]),
    h("span", {}, ...[words].flat()),
  );
}
