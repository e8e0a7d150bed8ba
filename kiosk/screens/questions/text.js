/** A text in the citizen's own words: an item of its own, or beside an option. @typedef {import("./asked.js").Kiosk} Kiosk */
import { otherKey } from "../../answer_sheet.js";
import { h } from "../../dom.js";
import { frame } from "../frame.js";
import { progress } from "../progress.js";
import { confirmed, explanation, goOn, worded } from "./asked.js";

const TEXT_MAX_CHARACTERS = 1000;

/**
 * @param {Kiosk} kiosk
 * @param {import("./asked.js").Survey} survey
 * @param {import("./asked.js").Item} item
 */
export function text(kiosk, survey, item) {
  const said = h("p", { class: "problem", role: "alert" });
  const area = field(survey, item.id);
  const confirm = () => {
    if (area.value.trim()) kiosk.confirm(area.value.trim());
    else if (item.required) said.textContent = kiosk.t("question.empty");
    else kiosk.skip();
  };
  const words = kiosk.t("question.no_names");
  const explain = explanation(item.hint ? `${worded(kiosk, item.hint)} ${words}` : words);
  return confirmed(kiosk, "comment", survey, item, { explain, confirm }, area, said);
}

/**
 * The screen for the text beside an option. Without a text the option stands alone.
 * @param {Kiosk} kiosk
 * @returns {HTMLElement}
 */
export function other(kiosk) {
  const { t, survey } = kiosk;
  const item = survey?.item;
  if (!survey || !item) throw new Error("there is no option to write beside");
  const area = field(survey, otherKey(item.id));
  const keep = (/** @type {string} */ typed) => {
    kiosk.record(() => survey.sheet.set(otherKey(item.id), typed.trim()));
    kiosk.goOn();
  };
  const option = item.options?.find((one) => one.other)?.text ?? {};
  return frame(
    kiosk,
    "question comment",
    { progress: progress(survey, survey.position), back: () => kiosk.back(), skip: () => keep("") },
    h(
      "div",
      { class: "asking" },
      h("p", { class: "section" }, worded(kiosk, item.text)),
      h("h1", { id: "question", tabindex: -1, "data-focus": true, "data-fit": true }, `${worded(kiosk, option)}: ${t("question.other")}`),
      explanation(t("question.no_names")),
    ),
    area,
    h("div", { class: "confirm" }, goOn(kiosk, () => keep(area.value))),
  );
}

/**
 * @param {import("./asked.js").Survey} survey
 * @param {string} key
 */
function field(survey, key) {
  const area = /** @type {HTMLTextAreaElement} */ (
    h("textarea", {
      id: "text",
      maxlength: TEXT_MAX_CHARACTERS,
      autocomplete: "off",
      spellcheck: "false",
      "aria-labelledby": "question",
      "aria-describedby": "hint",
      oninput: () => survey.entries.set(key, area.value),
    })
  );
  area.value = survey.entries.get(key) ?? String(survey.sheet.get(key) ?? "");
  return area;
}
