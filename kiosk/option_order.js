/**
 * The order in which options and points are shown to one person: as written, reversed, or random.
 *
 * @typedef {import("./config.js").Item} Item
 * @typedef {"as-written" | "reversed"} Order
 */
import { shuffledPlaces } from "./random_draws.js";

const ATTRIBUTE = "option_order"; // of a response: in which order it saw the options of items marked "reversed"

export class OptionOrder {
  /** @type {Map<string, number[]>} */
  #shuffled = new Map();

  /**
   * @param {Item[]} items of the questionnaire
   * @param {() => number} random
   */
  constructor(items, random) {
    this.random = random;
    this.recorded = items.some((item) => item.order === "reversed");
    /** @type {Order} */
    this.order = this.recorded && random() < 0.5 ? "reversed" : "as-written";
  }

  /** The attributes of the response. @returns {Record<string, string>} */
  get attributes() {
    return this.recorded ? { [ATTRIBUTE]: this.order } : {};
  }

  /**
   * Returns the places of the item's options or points in the order of this person, always the same. An option with a
   * text beside it stays last.
   * @param {Item} item
   * @param {number} count
   * @returns {number[]}
   */
  places(item, count) {
    const all = Array.from({ length: count }, (_, place) => place);
    const isLast = (/** @type {number} */ place) => item.options?.[place]?.other === true;
    return [...this.#moved(item, all.filter((place) => !isLast(place))), ...all.filter(isLast)];
  }

  /**
   * @param {Item} item
   * @param {number[]} places
   */
  #moved(item, places) {
    if (item.order === "reversed") return this.order === "reversed" ? [...places].reverse() : places;
    if (item.order !== "random") return places;
    const order = this.#shuffled.get(item.id) ?? shuffledPlaces(places.length, places.length, this.random);
    this.#shuffled.set(item.id, order);
    return order.map((place) => /** @type {number} */ (places[place]));
  }
}
