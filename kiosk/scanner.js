/**
 * Barcode and QR scanners: they type the code faster than fingers can, and end with Enter or Tab.
 * Their keys never reach a button, on any screen.
 */
const SCANNER_KEY_GAP_MS = 50; // fingers are slower
const CODE_MIN_CHARACTERS = 4;

/** @param {(text: string) => void} scanned */
export function onScan(scanned) {
  let text = "";
  let last = -Infinity;
  const typed = (/** @type {KeyboardEvent} */ event) => {
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement) return;
    if (event.timeStamp - last > SCANNER_KEY_GAP_MS) text = "";
    last = event.timeStamp;
    if (event.key.length === 1) {
      if (event.key === " " && text) event.preventDefault();
      text += event.key;
    } else if ((event.key === "Enter" || event.key === "Tab") && text.length >= CODE_MIN_CHARACTERS) {
      event.preventDefault();
      event.stopPropagation();
      scanned(text);
      text = "";
    }
  };
  addEventListener("keydown", typed, { capture: true });
}

/**
 * Returns the procedure's code that a receipt's code contains; the longest if several match.
 * The rest of the scanned code identifies a dossier, so it is never stored.
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
