/**
 * One household: whom to interview, or why no one was.
 *
 * @typedef {import("../tablet.js").Tablet} Tablet
 * @typedef {import("../households.js").Household} Household
 * @typedef {import("../words.js").Key} Key
 */
import { h } from "../../kiosk/dom.js";
import { placeOf } from "../households.js";
import { button, frame } from "./frame.js";

const ADULTS_MAX = 99;
const ADULTS_USUAL_MAX = 10; // more are asked about again: the number multiplies the weight

/** @param {Tablet} tablet */
export function householdScreen(tablet) {
  const { t, household } = tablet;
  if (!household) throw new Error("there is no household to show");
  const title = t("list.household", { household: household.household });
  return frame(
    tablet,
    { name: "household", foot: [button("back", t("household.back"), () => tablet.home())] },
    h("h1", { tabindex: -1, "data-focus": true }, title),
    h("p", { class: "muted" }, `${household.village} · ${household.unit_name} · ${t("list.questionnaire", { questionnaire: household.questionnaire })}`),
    ...(household.state === "done" ? [h("p", { class: "card" }, t("household.done"))] : toDo(tablet, household)),
  );
}

/**
 * @param {Tablet} tablet
 * @param {Household} household
 */
function toDo(tablet, household) {
  const { t } = tablet;
  const draft = tablet.draftOf(household.questionnaire);
  if (draft) return [h("div", { class: "card" }, person(tablet, household), button("begin", t("household.resume"), () => tablet.begin(), "main")), results(tablet)];
  if (!tablet.open) return [h("p", { class: "notice" }, t("list.closed")), results(tablet)];
  return [h("div", { class: "card" }, adults(tablet, household), h("div", { id: "whom" }, ...whom(tablet, household))), results(tablet)];
}

/**
 * Whom to interview, once the adults are counted.
 *
 * @param {Tablet} tablet
 * @param {Household} household
 */
function whom(tablet, household, isWrong = false) {
  const { t } = tablet;
  if (isWrong) return [h("p", { class: "notice", role: "alert" }, t("household.adults_wrong", { most: ADULTS_MAX }))];
  if (!tablet.adults) return [];
  const isMany = tablet.adults > ADULTS_USUAL_MAX;
  return [
    ...(isMany ? [h("p", { class: "notice", role: "alert" }, t("household.adults_many", { adults: tablet.adults }))] : []),
    person(tablet, household),
    button("begin", t("household.begin"), () => tablet.begin(), "main"),
  ];
}

/**
 * @param {Tablet} tablet
 * @param {Household} household
 */
function adults(tablet, household) {
  const { t } = tablet;
  const change = (/** @type {number} */ count) => tablet.count(Math.min(ADULTS_MAX, Math.max(0, Math.trunc(count) || 0)));
  // Only the part below is drawn again: the field keeps its text and the place of the caret.
  const typed = (/** @type {Event} */ event) => {
    const field = /** @type {HTMLInputElement} */ (event.currentTarget);
    const count = Number(field.value);
    const isCount = Number.isInteger(count) && count >= 1 && count <= ADULTS_MAX;
    tablet.adults = isCount ? count : 0;
    const isWrong = !isCount && (field.value !== "" || field.validity.badInput);
    field.setAttribute("aria-invalid", String(isWrong));
    document.getElementById("whom")?.replaceChildren(...whom(tablet, household, isWrong));
  };
  const step = (/** @type {string} */ id, /** @type {string} */ sign, /** @type {number} */ by, /** @type {string} */ label) =>
    h("button", { type: "button", id, class: "plain step", "aria-label": label, onclick: () => change(tablet.adults + by) }, sign);
  return h(
    "div",
    { class: "field" },
    h("label", { for: "adults" }, t("household.adults")),
    h("p", { class: "muted", id: "adults-hint" }, t("household.adults_hint")),
    h(
      "div",
      { class: "stepper" },
      step("fewer", "−", -1, t("household.fewer")),
      h("input", { id: "adults", type: "number", inputmode: "numeric", min: 1, max: ADULTS_MAX, value: tablet.adults || null, "aria-describedby": "adults-hint", oninput: typed }),
      step("more", "+", 1, t("household.more")),
    ),
  );
}

/**
 * @param {Tablet} tablet
 * @param {Household} household
 */
function person({ t, adults }, household) {
  const place = placeOf(household, adults);
  const [whom, hint] = place
    ? [t("household.kish", { place }), t("household.kish_hint", { place })]
    : [t("household.birthday"), t("household.birthday_hint")];
  return h("div", { class: "person-box", id: "person", role: "status" }, h("p", {}, h("b", {}, whom)), h("p", {}, hint));
}

/** @type {[import("../households.js").State, Key, Key | null][]} */
const RESULTS = [
  ["not-at-home", "household.not_at_home", "household.not_at_home_hint"],
  ["refused", "household.refused", null],
  ["ineligible", "household.ineligible", null],
];

/** @param {Tablet} tablet */
function results(tablet) {
  const { t } = tablet;
  return h(
    "section",
    { class: "card" },
    h("h2", {}, t("household.result")),
    ...RESULTS.map(([state, label, hint]) =>
      h(
        "button",
        { type: "button", id: `result-${state}`, class: "plain wide", onclick: () => tablet.show(confirmation(state, label)) },
        h("span", {}, t(label)),
        hint && h("span", { class: "muted" }, t(hint)),
      ),
    ),
  );
}

/**
 * @param {import("../households.js").State} state
 * @param {Key} label
 * @returns {import("../tablet.js").Screen}
 */
export function confirmation(state, label) {
  return (tablet) => {
    const { t, household } = tablet;
    const begun = tablet.interview !== null || tablet.draftOf(household?.questionnaire ?? "") !== null;
    return frame(
      tablet,
      { name: "household" },
      h("h1", { tabindex: -1, "data-focus": true }, t("list.household", { household: household?.household ?? "" })),
      h(
        "div",
        { class: "card" },
        h("p", {}, t("household.confirm", { result: t(label) })),
        begun && state !== "not-at-home" && h("p", { class: "notice" }, t("household.lost")),
        button("record", t("household.record"), () => tablet.record(state), "main"),
        button("cancel", t("household.cancel"), () => (tablet.interview ? tablet.goOn() : tablet.show(householdScreen))),
      ),
    );
  };
}
