/**
 * One page of the form: the questions of a section, each as a card.
 *
 * @typedef {import("../tablet.js").Tablet} Tablet
 * @typedef {import("../interview.js").Interview} Interview
 */
import { h } from "../../kiosk/dom.js";
import { worded } from "../words.js";
import { card } from "./card.js";
import { button, frame } from "./frame.js";

/** @param {Tablet} tablet */
export function form(tablet) {
  const { t, interview, language } = tablet;
  const page = interview?.page;
  if (!interview || !page) throw new Error("there is no page to show");
  const { section } = page;
  const title = worded(section?.title ?? interview.assignment.instrument.title, language);
  return frame(
    tablet,
    { name: "form", title: t("list.household", { household: interview.household.household }), beside: progress(tablet, interview), foot: foot(tablet, interview) },
    h("h1", { tabindex: -1, "data-focus": true }, title),
    ...(section?.intros ?? []).map((intro) => h("p", { class: "intro" }, worded(intro, language))),
    ...page.items.map((item) => card(tablet, interview, item)),
  );
}

/**
 * @param {Tablet} tablet
 * @param {Interview} interview
 */
function progress({ t }, { position, pages }) {
  const values = { number: position + 1, total: pages.length };
  const label = t("form.progress", values);
  return h("div", { class: "progress" }, h("span", {}, label), h("progress", { max: values.total, value: values.number, "aria-label": label }));
}

/**
 * @param {Tablet} tablet
 * @param {Interview} interview
 */
function foot(tablet, interview) {
  const { t } = tablet;
  return [
    tablet.marked && interview.missing.length > 0 && missing(tablet, interview),
    button("back", t("form.back"), () => tablet.back()),
    button("stop", t("form.stop"), () => tablet.stop()),
    button("next", t("form.next"), () => tablet.next(), "main"),
  ];
}

/**
 * @param {Tablet} tablet
 * @param {Interview} interview
 */
function missing(tablet, interview) {
  const { t } = tablet;
  return h(
    "div",
    { class: "alert", role: "alert", id: "missing", tabindex: -1 },
    h("p", {}, t("form.missing", { count: interview.missing.length })),
    button("skip", t("form.go_on"), () => tablet.next({ skip: true })),
  );
}
