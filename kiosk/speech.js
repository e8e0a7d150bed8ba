/** Text to speech: the browser reads the screen aloud over the office's headset. */

const SPOKEN = ["h1", "p", ".word", ".choices button", ".primary", ".secondary"].map((part) => `main ${part}`).join() + ", dialog > :not(.left)";

/** Whether this terminal has a voice for a language. @param {string} language */
export function canSpeak(language) {
  return voice(language) !== undefined;
}

/** Calls back when voices are found: browsers look for voices only on request, and find them later. @param {() => void} found */
export function onVoices(found) {
  globalThis.speechSynthesis?.addEventListener("voiceschanged", found, { once: true });
}

/**
 * Reads a screen aloud, from its question to its answers; stops what is being read. Texts in a language without a voice
 * are left out: the browser would choose a voice of another language or a remote one.
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

/** Returns a voice of this machine: remote voices would send the text elsewhere. @param {string} language */
function voice(language) {
  return globalThis.speechSynthesis?.getVoices().find((one) => one.localService && one.lang.toLowerCase().startsWith(language));
}
