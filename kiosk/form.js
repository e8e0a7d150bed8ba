/**
 * A form: which items it asks one person.
 *
 * @typedef {import("./config.js").Form} Form
 * @typedef {import("./config.js").Step} Step
 * @typedef {import("./config.js").Item} Item
 * @typedef {import("./config.js").Instrument} Instrument
 */
import { draw } from "./random_draws.js";

/**
 * Returns the items to ask in their order, those of a draw chosen at random.
 * @param {Instrument} instrument
 * @param {Form} form
 * @param {() => number} random
 * @returns {Item[]}
 */
export function askedItems(instrument, form, random) {
  const items = new Map(instrument.items.map((item) => [item.id, item]));
  return form.steps.flatMap((step) => askedIds(step, random)).map((id) => /** @type {Item} */ (items.get(id)));
}

/**
 * @param {Step} step
 * @param {() => number} random
 */
function askedIds(step, random) {
  if (step.sections) return draw(step.sections, step.draw_sections ?? step.sections.length, random).flatMap(({ items }) => items);
  return draw(step.items, drawnBy(step), random);
}

/** Returns how many items a step without a draw of sections asks. @param {Step} step */
export function drawnBy(step) {
  return step.draw ?? step.draw_items ?? step.items.length;
}

/**
 * Returns how many items the form asks one person; of drawn sections, as many as they hold on average.
 * @param {Form} form
 * @returns {number}
 */
export function countQuestions(form) {
  const counts = form.steps.map((step) => {
    if (!step.sections) return drawnBy(step);
    const held = step.sections.reduce((sum, section) => sum + section.items.length, 0);
    return (held * (step.draw_sections ?? step.sections.length)) / step.sections.length;
  });
  return Math.ceil(counts.reduce((sum, count) => sum + count, 0));
}
