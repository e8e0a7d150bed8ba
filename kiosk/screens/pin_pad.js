/** @typedef {import("../kiosk.js").Kiosk} Kiosk */
import { h } from "../dom.js";
import { fits } from "../pin.js";
import { frame } from "./frame.js";

const FREE_TRIES = 3;
const RETRY_WAIT_MS = 5_000; // for each attempt after those
let wrong = 0;
let checking = false;

/**
 * The screen that asks for the operator's PIN, by touch or keyboard.
 * @param {Kiosk} kiosk
 * @returns {HTMLElement}
 */
export function pinPad(kiosk) {
  const { t } = kiosk;
  const notice = h("p", { class: "problem", role: "alert" });
  const pin = /** @type {HTMLInputElement} */ (
    h("input", { id: "pin", class: "masked", autocomplete: "off", inputmode: "none", maxlength: 12, "data-focus": true })
  );
  const enter = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (checking) return; // one at a time, or all attempts would wait together
    const typed = pin.value;
    pin.value = "";
    notice.textContent = t("operator.checking");
    checking = true;
    const fitting = await opens(kiosk, typed).finally(() => (checking = false));
    if (!pin.isConnected) return; // the pad was left
    if (fitting) void kiosk.unlock();
    else notice.textContent = t("operator.wrong");
  };
  const digits = Array.from("1234567890", (digit) => key(digit, () => (pin.value += digit)));
  digits.splice(9, 0, key(t("operator.erase"), () => (pin.value = "")));
  return frame(
    kiosk,
    "pin",
    { back: () => kiosk.resume(), forStaff: true },
    h("h1", {}, h("label", { for: "pin" }, t("operator.pin"))),
    h("form", { novalidate: true, onsubmit: enter }, pin, notice, h("div", { class: "keys" }, ...digits, h("button", { class: "primary" }, t("operator.enter")))),
  );
}

/**
 * @param {string} words
 * @param {() => void} act
 */
function key(words, act) {
  return h("button", { type: "button", class: "secondary", onclick: act }, words);
}

/**
 * Slower after a few wrong ones, so that not all can be tried.
 * @param {Kiosk} kiosk
 * @param {string} typed
 */
async function opens({ pin }, typed) {
  if (wrong >= FREE_TRIES) await new Promise((resolve) => setTimeout(resolve, RETRY_WAIT_MS));
  const fitting = Boolean(pin && (await fits(pin, typed)));
  wrong = fitting ? 0 : wrong + 1;
  return fitting;
}
