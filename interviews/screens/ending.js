/** @typedef {import("../tablet.js").Tablet} Tablet */
import { h } from "../../kiosk/dom.js";
import { button, frame } from "./frame.js";
import { confirmation } from "./household.js";

/**
 * The end of the form: whether it is complete.
 * @param {Tablet} tablet
 */
export function ending(tablet) {
  const { t, interview } = tablet;
  const count = interview?.missingInAll ?? 0;
  return frame(
    tablet,
    { name: "ending", foot: [button("back", t("form.back"), () => tablet.back())] },
    h("h1", { tabindex: -1, "data-focus": true }, t("ending.title")),
    h(
      "div",
      { class: "card" },
      h("p", { class: count ? "notice" : null }, count ? t("ending.partial", { count }) : t("ending.complete")),
      button("finish", t("ending.finish"), () => tablet.finish(), "main"),
    ),
  );
}

/** @param {Tablet} tablet */
export function finished(tablet) {
  const { t } = tablet;
  return frame(
    tablet,
    { name: "ending" },
    h("h1", { tabindex: -1, "data-focus": true }, t("ending.thanks")),
    h("div", { class: "card" }, h("p", { role: "status" }, t("ending.kept")), button("home", t("ending.home"), () => tablet.home(), "main")),
  );
}

/**
 * The ways to stop in the middle.
 * @param {Tablet} tablet
 */
export function stopping(tablet) {
  const { t, interview } = tablet;
  const isEmpty = interview?.sheet.empty ?? true;
  const way = (/** @type {string} */ id, /** @type {string} */ label, /** @type {string | null} */ hint, /** @type {() => unknown} */ act) =>
    h("button", { type: "button", id, class: "plain wide", onclick: () => void act() }, h("span", {}, label), hint && h("span", { class: "muted" }, hint));
  return frame(
    tablet,
    { name: "ending" },
    h("h1", { tabindex: -1, "data-focus": true }, t("ending.stop_title")),
    h(
      "div",
      { class: "card" },
      button("on", t("ending.on_with_it"), () => tablet.goOn(), "main"),
      way("later", t("ending.later"), t("ending.later_hint"), () => tablet.home()),
      !isEmpty && way("end", t("ending.end_here"), t("ending.end_here_hint"), () => tablet.finish()),
      way("withdraw", t("ending.withdraw"), null, () => tablet.show(confirmation("refused", "household.refused"))),
    ),
  );
}
