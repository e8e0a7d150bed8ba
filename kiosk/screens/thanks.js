/** @typedef {import("../kiosk.js").Kiosk} Kiosk */
import { drawing, h } from "../dom.js";
import { frame } from "./frame.js";

const DONE = `<circle cx="32" cy="32" r="30" fill="#12408c"/><path d="M18 33l10 10 19-21" fill="none" stroke="#fff" stroke-width="5" stroke-linecap="round" stroke-linejoin="round"/>`;

/**
 * The thanks screen: the answers are on disk, or none were given.
 * @param {Kiosk} kiosk
 * @returns {HTMLElement}
 */
export function thanks(kiosk) {
  const { t, survey, settings } = kiosk;
  const again = () => kiosk.start();
  return frame(
    kiosk,
    "thanks",
    {},
    h(
      "div",
      { class: "message", role: "status" },
      drawing("thanked", "0 0 64 64", DONE),
      h("h1", { tabindex: -1, "data-focus": true }, t("thanks.title")),
      h("p", {}, t(survey?.unanswered ? "thanks.empty" : settings.preview ? "thanks.preview" : "thanks.body")),
    ),
    settings.note && came(kiosk, settings.note),
    h("button", { type: "button", id: "again", class: "secondary", onclick: again }, t("thanks.again")),
  );
}

/**
 * Shows what earlier answers led to: how many there were here, and what was changed because of them.
 * @param {Kiosk} kiosk
 * @param {import("../config.js").Note} note
 */
function came({ t, language }, { answered, changed }) {
  return h(
    "aside",
    { "aria-label": t("thanks.came") },
    answered > 0 && h("p", {}, t("thanks.answered", { answered: answered.toLocaleString(language) })),
    changed[language] && h("p", {}, h("b", {}, t("thanks.changed")), " ", changed[language] ?? ""),
  );
}
