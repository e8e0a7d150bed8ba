/** @typedef {import("../kiosk.js").Kiosk} Kiosk */
import { drawing, h } from "../dom.js";

const LIST_EDGE_PX = 12;

/**
 * A list that may be longer than the screen, then with buttons to scroll it: many people do not know that it can be dragged.
 * @param {Kiosk} kiosk
 * @param {HTMLElement} list
 */
export function scrolled({ t }, list) {
  const move = (/** @type {number} */ way) => () => list.scrollBy({ top: way * 0.8 * list.clientHeight });
  const up = mover(t("service.up"), "M5 15l7-7 7 7", move(-1));
  const down = mover(t("service.down"), "M5 9l7 7 7-7", move(1));
  const movers = h("div", { class: "movers" }, up, down);
  const look = () => {
    movers.hidden = true;
    movers.hidden = list.scrollHeight <= list.clientHeight + LIST_EDGE_PX;
    up.disabled = list.scrollTop < LIST_EDGE_PX;
    down.disabled = list.scrollTop + list.clientHeight > list.scrollHeight - LIST_EDGE_PX;
  };
  list.addEventListener("scroll", look, { passive: true });
  new ResizeObserver(look).observe(list);
  return h("div", { class: "scrolled" }, list, movers);
}

/**
 * @param {string} words
 * @param {string} arrow
 * @param {() => void} act
 * @returns {HTMLButtonElement}
 */
function mover(words, arrow, act) {
  const button = h("button", { type: "button", onclick: act }, drawing("icon", "0 0 24 24", `<path d="${arrow}"/>`), words);
  return /** @type {HTMLButtonElement} */ (button);
}
