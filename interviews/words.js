/**
 * The words of this app by language, in the catalogue that the kiosk's texts come from.
 *
 * @typedef {keyof typeof import("./messages/vi.json")} Key
 * @typedef {(key: Key, values?: Record<string, string | number>) => string} Translate
 */
import { joined } from "../kiosk/compounds.js";
import { loadMessages } from "../kiosk/messages.js";

/** @type {import("../kiosk/messages.js").Messages} */
let messages;

export async function loadWords() {
  messages = await loadMessages(new URL("./", import.meta.url));
}

/**
 * @param {string} language
 * @returns {Translate}
 */
export function words(language) {
  return (key, values) => messages.text(language, /** @type {any} */ (key), values);
}

/** @param {string} language */
export function nameOf(language) {
  return messages.name(language);
}

/**
 * Returns a text of the questionnaire.
 * @param {Record<string, string> | undefined} text
 * @param {string} language
 */
export function worded(text, language) {
  const found = text?.[language] ?? "";
  return language === "vi" ? joined(found) : found;
}

/**
 * @param {string} day YYYY-MM-DD
 * @param {string} language
 */
export function dayWords(day, language) {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const long = language === "vi" ? undefined : /** @type {const} */ ({ day: "numeric", month: "long", year: "numeric" });
  return new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, long).format(new Date(year, month - 1, date));
}
