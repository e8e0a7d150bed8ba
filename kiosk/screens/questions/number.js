/** A whole number, by digits of the size of a finger or by keyboard. @typedef {import("./asked.js").Kiosk} Kiosk */
import { least, most } from "../../config.js";
import { h } from "../../dom.js";
import { confirmed, explanation, worded } from "./asked.js";

/**
 * @param {Kiosk} kiosk
 * @param {import("./asked.js").Survey} survey
 * @param {import("./asked.js").Item} item
 */
export function number(kiosk, survey, item) {
  const { t } = kiosk;
  const range = { least: least(item), most: most(item) };
  const kept = survey.entries.get(item.id) ?? (typeof survey.chosen === "number" ? String(survey.chosen) : "");
  const said = h("p", { class: "problem", role: "alert" });
  const show = (/** @type {string} */ typed) => {
    field.value = typed.replace(/[^0-9]/g, "").slice(0, String(range.most).length);
    survey.entries.set(item.id, field.value);
    said.textContent = "";
  };
  const field = /** @type {HTMLInputElement} */ (
    h("input", { id: "number", autocomplete: "off", inputmode: "none", "aria-labelledby": "question", "aria-describedby": "hint", oninput: () => show(field.value) })
  );
  field.value = kept;
  const confirm = () => {
    const typed = field.value === "" ? NaN : Number(field.value);
    if (!(typed >= range.least && typed <= range.most)) said.textContent = t("question.number", range);
    else kiosk.confirm(typed);
  };
  const digits = Array.from("1234567890", (digit) => key(digit, `digit-${digit}`, () => show(field.value + digit)));
  digits.push(key(t("question.erase"), "erase", () => show(field.value.slice(0, -1))));
  const enter = (/** @type {Event} */ event) => (event.preventDefault(), confirm());
  const form = h("form", { novalidate: true, onsubmit: enter }, field, said, h("div", { class: "keys" }, ...digits));
  const words = item.hint ? worded(kiosk, item.hint) : t("question.number", range);
  return confirmed(kiosk, "digits", survey, item, { explain: explanation(words), confirm }, form);
}

/**
 * @param {string} words
 * @param {string} id
 * @param {() => void} act
 */
function key(words, id, act) {
  return h("button", { type: "button", id, class: "key", onclick: act }, words);
}
