/**
 * A barcode or QR scanner that types what it read, faster than fingers can, and ends with Enter or Tab.
 * Its keys never reach a button, on whatever screen they come.
 */
const FASTEST_FINGERS = 50; // ms between two keys
const SHORTEST = 4; // characters

/** @param {(text: string) => void} scanned */
export function onScan(scanned) {
  let text = "";
  let last = -Infinity;
  const typed = (/** @type {KeyboardEvent} */ event) => {
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement) return;
    if (event.timeStamp - last > FASTEST_FINGERS) text = "";
    last = event.timeStamp;
    if (event.key.length === 1) {
      if (event.key === " " && text) event.preventDefault();
      text += event.key;
    } else if ((event.key === "Enter" || event.key === "Tab") && text.length >= SHORTEST) {
      event.preventDefault();
      event.stopPropagation();
      scanned(text);
      text = "";
    }
  };
  addEventListener("keydown", typed, { capture: true });
}

/**
 * The code of a procedure that a receipt's code names, whole, the longest where several fit.
 * The rest of what was scanned leads to a dossier, so it is never kept.
 * @param {string} text
 * @param {string[]} codes
 * @returns {string | null}
 */
export function procedureIn(text, codes) {
  const folded = text.toUpperCase();
  const named = codes.filter((code) => standsIn(folded, code.toUpperCase()));
  return named.sort((a, b) => b.length - a.length)[0] ?? null;
}

/**
 * @param {string} text
 * @param {string} code
 */
function standsIn(text, code) {
  for (let at = text.indexOf(code); at >= 0; at = text.indexOf(code, at + 1)) {
    const [before, after] = [text[at - 1] ?? "", text[at + code.length] ?? ""];
    if (!/[\p{L}\p{N}]/u.test(before) && !/[\p{L}\p{N}]/u.test(after)) return true;
  }
  return false;
}
