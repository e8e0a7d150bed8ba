/**
 * Presses by finger, pen or mouse. A press counts if it began and ended inside one button, however far it slid there
 * and whatever else touches the screen. The browser's own click is lost by a slide or by a second touch point.
 * Clicks of a keyboard or an assistive device have no pointer and pass as they are.
 */
const PRESSABLE = "button, dialog";
const TYPING = "input, textarea";

/** @param {HTMLElement} root */
export function listenForPresses(root) {
  /** The element that each pointer is pressing. @type {Map<number, HTMLElement>} */
  const held = new Map();
  /** Pointers whose next click must be ignored. @type {Set<number>} */
  const seen = new Set();
  const release = (/** @type {PointerEvent} */ event) => {
    const target = held.get(event.pointerId);
    held.delete(event.pointerId);
    target?.classList.remove("held");
    return target;
  };
  root.addEventListener("pointerdown", (event) => {
    if (!(event.target instanceof Element) || event.target.matches(TYPING) || event.button !== 0) return;
    event.preventDefault(); // it would take the focus from the next screen
    const target = event.target.closest(PRESSABLE);
    if (!(target instanceof HTMLElement)) return;
    seen.add(event.pointerId);
    held.set(event.pointerId, target);
    target.classList.add("held");
  });
  root.addEventListener("pointerup", (event) => {
    const target = release(event);
    if (target?.isConnected && isInside(target, event)) target.click();
  });
  root.addEventListener("pointercancel", release);
  root.addEventListener("click", (event) => withoutSecondClick(event, seen), { capture: true });
}

/**
 * @param {HTMLElement} target
 * @param {PointerEvent} event
 */
function isInside(target, { clientX, clientY }) {
  const { left, right, top, bottom } = target.getBoundingClientRect();
  return target.matches("dialog") || (clientX >= left && clientX <= right && clientY >= top && clientY <= bottom);
}

/**
 * Suppresses the browser's own click after a press that has counted: it could reach the next screen.
 * @param {MouseEvent} event
 * @param {Set<number>} seen
 */
function withoutSecondClick(event, seen) {
  const pointer = event instanceof PointerEvent ? event.pointerId : -1;
  if (!event.isTrusted || !seen.has(pointer)) return;
  seen.delete(pointer);
  if (!(event.target instanceof Element && event.target.closest(PRESSABLE))) return;
  event.stopImmediatePropagation();
  event.preventDefault();
}
