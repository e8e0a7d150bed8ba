/**
 * Scale points drawn as faces, stars or numbers, for any number of points.
 * sipas/survey/links/marks.py draws the same for server pages; a test holds the two equal.
 *
 * @typedef {import("./config.js").Scale} Scale
 */
import { drawing, h } from "./dom.js";

const COLOURS = ["#b2182b", "#d6604d", "#6b7680", "#4393c3", "#2166ac"];
const STAR = "M12 1.8l3 6.6 7.2.8-5.4 4.8 1.5 7.1-6.3-3.6-6.3 3.6 1.5-7.1-5.4-4.8 7.2-.8z";

/**
 * Draws the mark of the point at `place`, counted from 0.
 * @param {Scale} scale
 * @param {number} place
 * @returns {Element}
 */
export function mark(scale, place) {
  const last = scale.points.length - 1;
  if (scale.display === "faces") return drawing("face", "0 0 64 64", face((2 * place) / last - 1));
  if (scale.display === "stars") return drawing("stars", `0 0 ${24 * (last + 1)} 24`, stars(place + 1, last + 1));
  return h("span", { class: "number", "aria-hidden": "true" }, String(scale.points[place]));
}

/**
 * Draws a face in a box of 64 by 64. Mouth and brows show the mood in any colour.
 * @param {number} mood from -1, wholly displeased, to 1
 * @returns {string}
 */
export function face(mood) {
  const [cross, glad] = [Math.max(0, -mood), Math.max(0, mood)];
  const [outer, arch, inner] = [17 + 2 * cross - glad, 15.5 - cross - 4 * glad, 16.5 - 3 * cross - 2 * glad];
  const brows =
    `M14 ${f(outer)}Q20 ${f(arch)} 27 ${f(inner)}` + `M50 ${f(outer)}Q44 ${f(arch)} 37 ${f(inner)}`;
  const corner = 44 + 4 * cross - 3 * glad;
  const mouth =
    mood > 0.8
      ? `<path d="M19 39.5Q32 44 45 39.5C44.5 48 39.5 52.5 32 52.5S19.5 48 19 39.5Z" fill="#fff"/>`
      : `<path d="M20 ${f(corner)}Q32 ${f(44 - 11 * cross + 15 * glad)} 44 ${f(corner)}"/>`;
  return (
    `<circle cx="32" cy="32" r="31" fill="${COLOURS[Math.round(2 * mood + 2)]}"/>` +
    `<g fill="none" stroke="#fff" stroke-width="3.6" stroke-linecap="round" stroke-linejoin="round">` +
    `<path d="${brows}"/>${mouth}</g>` +
    `<g fill="#fff"><ellipse cx="22" cy="27" rx="3.4" ry="4.2"/><ellipse cx="42" cy="27" rx="3.4" ry="4.2"/></g>`
  );
}

/**
 * Draws `count` stars in a row, the first `full` of them filled.
 * @param {number} full
 * @param {number} count
 * @returns {string}
 */
export function stars(full, count) {
  const one = (/** @type {number} */ place) =>
    `<path transform="translate(${24 * place})" d="${STAR}" fill="${place < full ? "#12408c" : "none"}"/>`;
  const row = Array.from({ length: count }, (_, place) => one(place)).join("");
  return `<g stroke="#12408c" stroke-width="1.5" stroke-linejoin="round">${row}</g>`;
}

/** @param {number} length at most one decimal */
function f(length) {
  return String(Math.round(10 * length) / 10);
}
