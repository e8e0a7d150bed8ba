/** @typedef {import("../kiosk.js").Kiosk} Kiosk */
import { h } from "../dom.js";
import { readAloud } from "../speech.js";

/**
 * The screen that asks whether the citizen is still there, and counts down. A touch anywhere means yes.
 * @param {Kiosk} kiosk
 * @param {number} left seconds
 * @param {() => void} yes
 */
export function stillThere(kiosk, left, yes) {
  const shown = kiosk.root.querySelector("dialog .left");
  if (shown) shown.textContent = String(left);
  else {
    const dialog = ask(kiosk, left, yes);
    dialog.showModal();
    if (kiosk.aids.spoken) readAloud(dialog);
  }
}

/**
 * @param {Kiosk} kiosk
 * @param {number} left
 * @param {() => void} yes
 */
function ask({ root, t }, left, yes) {
  const dialog = /** @type {HTMLDialogElement} */ (
    h(
      "dialog",
      { role: "alertdialog", "aria-labelledby": "still", "aria-describedby": "ends", onclick: yes, oncancel: yes },
      h("h2", { id: "still" }, t("still.title")),
      h("p", { id: "ends" }, t("still.ends", { seconds: left })),
      h("p", { class: "left", "aria-hidden": "true" }, String(left)),
      h("button", { type: "button", id: "here", class: "primary" }, h("b", {}, t("still.here"))),
    )
  );
  root.append(dialog);
  return dialog;
}
