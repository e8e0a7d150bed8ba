/** @typedef {import("../kiosk.js").Kiosk} Kiosk @typedef {import("../kiosk.js").Refusal} Refusal */
import { h } from "../dom.js";
import { frame } from "./frame.js";

/**
 * The screen that enrols this terminal with a one-time code.
 * @param {Kiosk} kiosk
 * @param {Refusal | null} [refusal] why the last code was not taken
 * @returns {HTMLElement}
 */
export function enrolment(kiosk, refusal = null) {
  const { t, busy } = kiosk;
  const code = /** @type {HTMLInputElement} */ (
    h("input", {
      id: "code",
      name: "code",
      autocomplete: "off",
      autocapitalize: "none",
      spellcheck: "false",
      "aria-describedby": "problem",
      "aria-invalid": refusal ? "true" : null,
      "data-focus": true,
    })
  );
  const send = /** @type {HTMLButtonElement} */ (h("button", { class: "primary" }, t("enrol.send")));
  return frame(
    kiosk,
    "enrolment",
    { forStaff: true, ...(busy && { back: () => kiosk.resume() }) },
    h("h1", {}, t("enrol.title")),
    h("p", {}, t("enrol.explain")),
    h(
      "form",
      { novalidate: true, onsubmit: (/** @type {Event} */ event) => enrol(kiosk, event, code, send) },
      h("label", { for: "code" }, t("enrol.code")),
      h("p", { id: "problem", class: "problem", role: "alert" }, refusal && t(refusal)),
      code,
      send,
    ),
  );
}

/**
 * @param {Kiosk} kiosk
 * @param {Event} event
 * @param {HTMLInputElement} code
 * @param {HTMLButtonElement} send
 */
async function enrol(kiosk, event, code, send) {
  event.preventDefault();
  const typed = code.value.trim().split("#").pop() ?? ""; // the address of the code's QR, scanned
  send.disabled = true;
  send.textContent = kiosk.t("enrol.sending");
  const refusal = typed ? await kiosk.outside.enrol(typed) : "enrol.empty";
  if (!refusal || !code.isConnected) return; // enrolled, or the page was left
  kiosk.askForCode(refusal);
  /** @type {HTMLInputElement} */ (document.getElementById("code")).value = typed;
}
