/** @typedef {import("../tablet.js").Tablet} Tablet */
import { h } from "../../kiosk/dom.js";
import { frame } from "./frame.js";

/**
 * The sign-in, by which the tablet gets its households.
 * @param {Tablet} tablet
 */
export function signIn(tablet) {
  const { t, unsent } = tablet;
  const problem = h("p", { class: "problem", id: "problem", role: "alert" });
  const send = h("button", { class: "main", id: "send" }, t("sign_in.send"));
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const given = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    send.textContent = t("sign_in.sending");
    send.setAttribute("disabled", "");
    const fault = await tablet.outside.signIn(String(given.get("name")).trim(), String(given.get("password")));
    if (!fault) return tablet.home();
    send.textContent = t("sign_in.send");
    send.removeAttribute("disabled");
    problem.textContent = t(`sign_in.${fault}`);
  };
  return frame(
    tablet,
    { name: "sign-in" },
    h(
      "form",
      { class: "card narrow", onsubmit: submit },
      h("h1", { tabindex: -1 }, t("sign_in.title")),
      h("p", {}, t("sign_in.explain")),
      unsent > 0 && h("p", { class: "notice" }, t("sign_in.waiting", { count: unsent })),
      problem,
      field("name", t("sign_in.name"), { autocomplete: "username", autocapitalize: "none", spellcheck: "false" }),
      field("password", t("sign_in.password"), { type: "password", autocomplete: "current-password" }),
      send,
    ),
  );
}

/**
 * @param {string} name
 * @param {string} label
 * @param {import("../../kiosk/dom.js").Attributes} attributes
 */
function field(name, label, attributes) {
  const input = h("input", { id: name, name, required: true, "aria-describedby": "problem", ...attributes });
  return h("div", { class: "field" }, h("label", { for: name }, label), input);
}
