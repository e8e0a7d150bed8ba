/** Random draws: of items, of sections, and of the order of options. */

/**
 * Returns `count` of the places from 0 to `size` - 1 in random order, every arrangement equally likely.
 * @param {number} size
 * @param {number} count
 * @param {() => number} random
 * @returns {number[]}
 */
export function shuffledPlaces(size, count, random) {
  const places = Array.from({ length: size }, (_, place) => place);
  for (let i = 0; i < count; i += 1) {
    const j = i + Math.floor(random() * (size - i));
    const [here, there] = [places[i], places[j]];
    places[i] = /** @type {number} */ (there);
    places[j] = /** @type {number} */ (here);
  }
  return places.slice(0, count);
}

/**
 * Draws `count` of the elements, every subset equally likely, in their order.
 * @template T
 * @param {T[]} all
 * @param {number} count
 * @param {() => number} random
 * @returns {T[]}
 */
export function draw(all, count, random) {
  const drawn = new Set(shuffledPlaces(all.length, count, random));
  return all.filter((_, place) => drawn.has(place));
}

/** An unpredictable fraction, 0 or more and below 1. */
export function randomFraction() {
  return /** @type {number} */ (crypto.getRandomValues(new Uint32Array(1))[0]) / 2 ** 32;
}
