/**
 * Locks the page: no navigation, menu, selection, dragging, zoom or shortcut. Nothing that
 * a citizen wrote reaches the clipboard, from which the next citizen could paste it.
 * Operators leave by five touches of the upper left corner within three seconds, or by Ctrl+Alt+O.
 */
const TYPING = "input, textarea";
const EDITING = new Set(["KeyA", "KeyV", "KeyZ"]);
const CORNER_PX = 120;
const TOUCHES = 5;
const TOUCHES_WITHIN_MS = 3_000;

/**
 * @param {() => void} operator called when an operator wants in
 * @param {() => boolean} unlocked whether one is in, and may use the browser
 */
export function guard(operator, unlocked) {
  for (const kind of ["contextmenu", "dragstart", "drop", "gesturestart", "copy", "cut"]) {
    addEventListener(kind, (event) => event.preventDefault());
  }
  addEventListener("selectstart", (event) => isTyping(event) || event.preventDefault());
  addEventListener("wheel", (event) => event.ctrlKey && event.preventDefault(), { passive: false });
  addEventListener("touchmove", (event) => event.touches.length > 1 && event.preventDefault(), { passive: false });
  addEventListener("keydown", (event) => unlocked() || withoutShortcut(event, operator), { capture: true });
  addEventListener("pointerup", touches(operator), { capture: true });
  withoutWayBack();
}

/** The entry before this page is never reached: each step back is undone. */
function withoutWayBack() {
  history.pushState(null, "");
  addEventListener("popstate", () => history.pushState(null, ""));
}

/** @param {Event} event */
function isTyping(event) {
  return event.target instanceof Element && event.target.matches(TYPING);
}

/**
 * @param {KeyboardEvent} event
 * @param {() => void} operator
 */
function withoutShortcut(event, operator) {
  if (event.ctrlKey && event.altKey && event.code === "KeyO") operator();
  const chord = event.ctrlKey || event.altKey || event.metaKey;
  const edits = isTyping(event) && event.ctrlKey && EDITING.has(event.code);
  const composes = event.getModifierState("AltGraph");
  const leads = /^F\d+$/.test(event.key) || event.key.startsWith("Browser");
  if ((chord && !edits && !composes) || leads) event.preventDefault();
}

/** @param {() => void} operator */
function touches(operator) {
  /** @type {number[]} */
  let times = [];
  return (/** @type {MouseEvent} */ event) => {
    const inCorner = event.clientX < CORNER_PX && event.clientY < CORNER_PX;
    times = inCorner ? [...times.slice(1 - TOUCHES), event.timeStamp] : [];
    const [first = 0] = times;
    if (times.length < TOUCHES || event.timeStamp - first > TOUCHES_WITHIN_MS) return;
    times = [];
    operator();
  };
}
