/**
 * A question as a card with the controls of its kind.
 *
 * @typedef {import("../tablet.js").Tablet} Tablet
 * @typedef {import("../interview.js").Interview} Interview
 * @typedef {import("../../kiosk/config.js").Item} Item
 * @typedef {import("../../kiosk/answer_sheet.js").Answer} Answer
 * @typedef {{value: Answer, label: string}} Option
 */
import { NOT_APPLICABLE, asksForOther, otherKey, toggled } from "../../kiosk/answer_sheet.js";
import { least, most, scaleOf } from "../../kiosk/config.js";
import { h } from "../../kiosk/dom.js";
import { worded } from "../words.js";

const TEXT_MAX = 4000; // characters
const FEW = 5; // options that stand in one row if there is room

/**
 * @param {Tablet} tablet
 * @param {Interview} interview
 * @param {Item} item
 */
export function card(tablet, interview, item) {
  const { t, language } = tablet;
  const lacks = tablet.marked && interview.missing.includes(item.id);
  const hint = item.hint && worded(item.hint, language);
  const kind = item.kind ?? "rating";
  const isField = kind === "number" || kind === "text";
  const label = [worded(item.text, language), !item.required && h("span", { class: "muted" }, ` ${t("form.optional")}`)];
  const inside = [
    hint && h("p", { class: "muted" }, hint),
    kind === "choices" && h("p", { class: "muted" }, t("form.several")),
    lacks && h("p", { class: "problem" }, t("form.missing_one")),
    isField ? box(tablet, interview, item) : options(tablet, interview, item),
    asksForOther(item, interview.sheet.get(item.id)) && other(tablet, interview, item),
  ];
  const attributes = { class: lacks ? "card question lacks" : "card question", id: `item-${item.id}` };
  if (isField) return h("div", attributes, h("label", { class: "legend", for: `box-${item.id}` }, ...label), ...inside);
  return h("fieldset", attributes, h("legend", { class: "legend" }, ...label), ...inside);
}

/**
 * @param {Tablet} tablet
 * @param {Interview} interview
 * @param {Item} item
 */
function options(tablet, interview, item) {
  const { t } = tablet;
  const all = choicesOf(tablet, interview, item);
  const isMany = item.kind === "choices";
  const extra = [
    ...(item.not_applicable ? [{ value: NOT_APPLICABLE, label: t("form.not_applicable") }] : []),
    ...(!item.required && !isMany ? [{ value: "", label: t("form.no_answer") }] : []),
  ];
  const long = all.length > FEW || item.kind === "choice" || isMany;
  return h(
    "div",
    { class: long ? "options list" : "options across" },
    ...all.map((one) => option(tablet, interview, item, one, isMany)),
    ...extra.map((one) => option(tablet, interview, item, one, isMany && one.value !== NOT_APPLICABLE)),
  );
}

/**
 * Returns the options in the order of this person.
 * @param {Tablet} tablet
 * @param {Interview} interview
 * @param {Item} item
 * @returns {Option[]}
 */
function choicesOf({ t, language }, interview, item) {
  if (item.kind === "yes-no") return [{ value: true, label: t("form.yes") }, { value: false, label: t("form.no") }];
  const written =
    item.kind === "choice" || item.kind === "choices"
      ? (item.options ?? []).map(({ code, text }) => ({ value: code, label: worded(text, language) }))
      : points(interview, item, language);
  return interview.order.places(item, written.length).map((place) => /** @type {Option} */ (written[place]));
}

/**
 * @param {Interview} interview
 * @param {Item} item
 * @param {string} language
 * @returns {Option[]}
 */
function points(interview, item, language) {
  const scale = scaleOf(interview.assignment.instrument, item);
  return scale.points.map((value, place) => ({ value, label: worded({ [language]: scale.labels[language]?.[place] ?? "" }, language) }));
}

/**
 * @param {Tablet} tablet
 * @param {Interview} interview
 * @param {Item} item
 * @param {Option} choice
 * @param {boolean} isMany
 */
function option(tablet, interview, item, { value, label }, isMany) {
  const given = interview.sheet.get(item.id);
  const chosen = Array.isArray(given) ? given.includes(String(value)) : given === value;
  const change = () => {
    tablet.answer(item.id, isMany ? toggled(item, interview.sheet.get(item.id), String(value)) : value === "" ? null : value);
    if (value === NOT_APPLICABLE || item.not_applicable) tablet.draw();
  };
  const id = `${item.id}-${value === "" ? "none" : value}`;
  const input = h("input", { type: isMany ? "checkbox" : "radio", name: item.id, id, checked: chosen, onchange: change });
  return h("label", { class: "option", for: id }, input, h("span", {}, label));
}

/**
 * @param {Tablet} tablet
 * @param {Interview} interview
 * @param {Item} item
 */
function box(tablet, interview, item) {
  const { t } = tablet;
  const given = interview.sheet.get(item.id);
  const id = `box-${item.id}`;
  if (item.kind === "text") {
    const write = (/** @type {any} */ event) => tablet.answer(item.id, event.currentTarget.value);
    const area = /** @type {HTMLTextAreaElement} */ (h("textarea", { id, rows: 3, maxlength: TEXT_MAX, oninput: write }));
    area.value = String(given ?? "");
    return area;
  }
  const [minimum, maximum] = [least(item), most(item)];
  const write = (/** @type {any} */ event) => {
    const number = Number(event.currentTarget.value);
    const fits = event.currentTarget.value !== "" && Number.isInteger(number) && number >= minimum && number <= maximum;
    event.currentTarget.setAttribute("aria-invalid", String(!fits && event.currentTarget.value !== ""));
    tablet.answer(item.id, fits ? number : null);
  };
  const value = typeof given === "number" ? given : null;
  return h(
    "div",
    {},
    h("p", { class: "muted range", id: `${id}-range` }, t("form.number", { minimum, maximum })),
    h("input", { id, type: "number", inputmode: "numeric", min: minimum, max: maximum, value, "aria-describedby": `${id}-range`, oninput: write }),
  );
}

/**
 * The text beside an option.
 * @param {Tablet} tablet
 * @param {Interview} interview
 * @param {Item} item
 */
function other(tablet, interview, item) {
  const key = otherKey(item.id);
  const write = (/** @type {any} */ event) => tablet.answer(key, event.currentTarget.value);
  const input = h("input", { id: `box-${key}`, maxlength: TEXT_MAX, value: String(interview.sheet.get(key) ?? ""), oninput: write });
  return h("div", { class: "field" }, h("label", { for: `box-${key}` }, tablet.t("form.other")), input);
}
