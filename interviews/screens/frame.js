/**
 * The frame of every screen: title and language above the content, the next steps below.
 *
 * @typedef {import("../tablet.js").Tablet} Tablet
 * @typedef {import("../../kiosk/dom.js").Child} Child
 */
import { h } from "../../kiosk/dom.js";
import { nameOf } from "../words.js";

/**
 * @param {Tablet} tablet
 * @param {{name: string, title?: string, beside?: Child, foot?: Child[]}} around name: of the screen. beside: the title
 * @param {...Child} content
 */
export function frame(tablet, { name, title, beside, foot }, ...content) {
  const { t } = tablet;
  return h(
    "div",
    { class: `screen ${name}` },
    h("header", {}, h("p", { class: "title" }, title ?? t("frame.title")), beside, language(tablet)),
    h("main", {}, !tablet.stores && h("p", { class: "alert", role: "alert" }, t("frame.disk")), ...content),
    foot && h("footer", {}, ...foot),
  );
}

/** @param {Tablet} tablet */
function language(tablet) {
  const { languages, language } = tablet;
  const other = languages[(languages.indexOf(language) + 1) % languages.length] ?? language;
  if (other === language) return null;
  return h("button", { type: "button", id: "language", class: "quiet", lang: other, onclick: () => tablet.speak(other) }, nameOf(other));
}

/**
 * @param {string} id
 * @param {string} label
 * @param {() => unknown} act
 * @param {"main" | "plain" | "quiet"} [kind]
 */
export function button(id, label, act, kind = "plain") {
  return h("button", { type: "button", id, class: kind, onclick: () => void act() }, label);
}
