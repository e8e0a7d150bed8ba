/**
 * The texts of the terminal, by language. The texts of the questions come with the instrument.
 * `make messages` writes messages/*.json from sipas/messages/*.toml.
 *
 * @typedef {keyof typeof import("./messages/vi.json")} Key
 * @typedef {(key: Key, values?: Record<string, string | number>) => string} Translate
 */

import { joined } from "./compounds.js";

const LANGUAGES = ["vi", "en"];

export class Messages {
  #byLanguage;

  /** @param {Map<string, Record<string, string>>} byLanguage */
  constructor(byLanguage) {
    this.#byLanguage = byLanguage;
  }

  /**
   * @param {string} language one without words of its own gets English ones
   * @param {Key} key
   * @param {Record<string, string | number>} [values]
   * @returns {string}
   */
  text(language, key, values = {}) {
    const words = this.#byLanguage.get(language) ?? this.#byLanguage.get("en");
    const wording = words?.[key];
    if (wording === undefined) throw new Error(`no text ${key} in ${language}`);
    const whole = wording.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
    return language === "vi" ? joined(whole) : whole;
  }

  /** @returns {string[]} */
  get languages() {
    return [...this.#byLanguage.keys()];
  }

  /**
   * Return the language's name in that language.
   * @param {string} language
   * @returns {string}
   */
  name(language) {
    if (this.#byLanguage.has(language)) return this.text(language, "language.name");
    return new Intl.DisplayNames([language], { type: "language" }).of(language) ?? language;
  }
}

/**
 * @param {URL} [folder] of the app
 * @returns {Promise<Messages>}
 */
export async function loadMessages(folder = new URL("./", import.meta.url)) {
  const pairs = LANGUAGES.map(async (language) => {
    const answer = await fetch(new URL(`messages/${language}.json`, folder));
    return /** @type {[string, Record<string, string>]} */ ([language, await answer.json()]);
  });
  return new Messages(new Map(await Promise.all(pairs)));
}
