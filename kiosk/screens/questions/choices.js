/** Several options, each on or off, and a button to continue. @typedef {import("./asked.js").Kiosk} Kiosk */
import { h } from "../../dom.js";
import { scrolled } from "../scrolled.js";
import { confirmed, explanation, tick, worded } from "./asked.js";
import { optionList } from "./choice.js";

/**
 * @param {Kiosk} kiosk
 * @param {import("./asked.js").Survey} survey
 * @param {import("./asked.js").Item} item
 */
export function choices(kiosk, survey, item) {
  const chosen = (/** @type {string} */ code) => Array.isArray(survey.chosen) && survey.chosen.includes(code);
  const list = optionList(survey, item, ({ code, text }, place) => {
    const press = () => {
      kiosk.record(() => survey.toggle(code));
      button.setAttribute("aria-pressed", String(chosen(code)));
      release(list.closest("main")?.querySelector("#not-applicable"));
      said.textContent = "";
    };
    const attributes = { type: "button", id: `option-${place}`, class: "option several", "aria-pressed": String(chosen(code)) };
    const button = h("button", { ...attributes, onclick: press }, h("span", { class: "box" }, tick()), h("span", { class: "name" }, worded(kiosk, text)));
    return button;
  });
  const said = h("p", { class: "problem", role: "alert" });
  const confirm = () => {
    if (survey.chosen === undefined) said.textContent = kiosk.t("question.none");
    else kiosk.goOn();
  };
  const words = item.hint ? worded(kiosk, item.hint) : kiosk.t("question.several");
  return confirmed(kiosk, "options", survey, item, { explain: explanation(words), confirm }, scrolled(kiosk, list), said);
}

/** An option replaces "not applicable". @param {Element | null | undefined} button */
function release(button) {
  button?.classList.remove("pressed");
  button?.setAttribute("aria-pressed", "false");
}
