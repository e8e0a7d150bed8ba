/** What is on screen, spoken by the browser, for who wears the office's headset. */

const SPOKEN = "main h1, main p, main .word, main .choices button, main .primary, main .secondary";

/** Whether this terminal has a voice for a language. @param {string} language */
export function canSpeak(language) {
  return voice(language) !== undefined;
}

/** A browser looks for voices only once it is asked, and finds them a moment later. @param {() => void} found */
export function onVoices(found) {
  globalThis.speechSynthesis?.addEventListener("voiceschanged", found, { once: true });
}

/**
 * Reads a screen aloud, from its question to its answers, instead of what is being read.
 * @param {HTMLElement} screen
 */
export function readAloud(screen) {
  hush();
  for (const text of screen.querySelectorAll(SPOKEN)) {
    const language = text.closest("[lang]")?.getAttribute("lang") ?? document.documentElement.lang;
    const utterance = new SpeechSynthesisUtterance(/** @type {HTMLElement} */ (text).innerText);
    utterance.lang = language;
    utterance.voice = voice(language) ?? null;
    speechSynthesis.speak(utterance);
  }
}

export function hush() {
  globalThis.speechSynthesis?.cancel();
}

/** Of this machine's own: others would be told what is read. @param {string} language */
function voice(language) {
  return globalThis.speechSynthesis?.getVoices().find((one) => one.localService && one.lang.toLowerCase().startsWith(language));
}
