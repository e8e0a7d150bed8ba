/** What is on screen, spoken by the browser, for who wears the office's headset. */

const SPOKEN = ["h1", "p", ".word", ".choices button", ".primary", ".secondary"].map((part) => `main ${part}`).join() + ", dialog > :not(.left)";

/** Whether this terminal has a voice for a language. @param {string} language */
export function canSpeak(language) {
  return voice(language) !== undefined;
}

/** A browser looks for voices only once it is asked, and finds them a moment later. @param {() => void} found */
export function onVoices(found) {
  globalThis.speechSynthesis?.addEventListener("voiceschanged", found, { once: true });
}

/**
 * Reads a screen aloud, from its question to its answers, instead of what is being read. What is in a language for which
 * there is no voice is left out: a browser left to itself would take any, another language's or one from elsewhere.
 * @param {HTMLElement} screen
 */
export function readAloud(screen) {
  hush();
  for (const text of screen.querySelectorAll(SPOKEN)) {
    const parts = text.querySelectorAll(":scope > [lang]");
    for (const part of parts.length > 0 ? parts : [text]) read(/** @type {HTMLElement} */ (part));
  }
}

/** @param {HTMLElement} text */
function read(text) {
  const lang = /** @type {HTMLElement} */ (text.closest("[lang]")).lang;
  const known = voice(lang);
  if (known) speechSynthesis.speak(Object.assign(new SpeechSynthesisUtterance(text.innerText), { lang, voice: known }));
}

export function hush() {
  globalThis.speechSynthesis?.cancel();
}

/** Of this machine's own: others would be told what is read. @param {string} language */
function voice(language) {
  return globalThis.speechSynthesis?.getVoices().find((one) => one.localService && one.lang.toLowerCase().startsWith(language));
}
