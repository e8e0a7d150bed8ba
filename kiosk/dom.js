/**
 * @typedef {Record<string, string | number | boolean | null | undefined | ((event: any) => void)>} Attributes
 * @typedef {Node | string | null | undefined | false} Child
 */

/**
 * Creates an element. `on…` attributes are listeners; true is an empty attribute; null, undefined and false omit it.
 * @param {string} tag
 * @param {Attributes} attributes
 * @param {...Child} children
 * @returns {HTMLElement}
 */
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/**
 * Creates a drawing that screen readers skip: the words beside it say the same.
 * @param {string} name class of the drawing
 * @param {string} box its viewBox
 * @param {string} markup
 * @returns {SVGSVGElement}
 */
export function drawing(name, box, markup) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", name);
  svg.setAttribute("viewBox", box);
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  svg.innerHTML = markup;
  return svg;
}

const QUESTION_MIN_PX = 20;

/**
 * Sets a text as large as the space reserved for it and what stands around it allows, so that nothing else moves.
 * @param {HTMLElement} text
 */
export function fit(text) {
  const room = text.closest(".asking") ?? text;
  text.style.fontSize = "";
  for (let percent = 100; percent >= 50 && room.scrollHeight > room.clientHeight; percent -= 2) {
    text.style.fontSize = `max(${QUESTION_MIN_PX}px, var(--huge) * ${percent / 100})`;
  }
}
