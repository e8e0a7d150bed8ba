/**
 * The households of the interviewer, by village.
 *
 * @typedef {import("../tablet.js").Tablet} Tablet
 * @typedef {import("../households.js").Household} Household
 */
import { h } from "../../kiosk/dom.js";
import { byVillage } from "../households.js";
import { dayWords } from "../words.js";
import { button, frame } from "./frame.js";

/** @param {Tablet} tablet */
export function list(tablet) {
  const { t, name, households, disk } = tablet;
  const done = households.filter(({ state }) => state === "done").length;
  return frame(
    tablet,
    { name: "list", beside: h("p", { class: "person" }, name) },
    h("h1", { tabindex: -1, "data-focus": true }, t("list.title")),
    ...disk.refusals.map((refusal) => refused(tablet, refusal)),
    state(tablet, done),
    households.length === 0 && h("p", { class: "card" }, t(tablet.assignment ? "list.nothing" : "list.loading")),
    households.length > 0 && !tablet.open && h("p", { class: "notice" }, t("list.closed")),
    ...byVillage(households).map(([village, ofVillage]) => villageCard(tablet, village, ofVillage)),
    h("p", { class: "problem", id: "kept", role: "alert" }),
    h("p", { class: "last" }, button("sign-out", t("list.sign_out"), () => signOut(tablet), "quiet")),
  );
}

/** @param {Tablet} tablet */
function signOut(tablet) {
  const count = tablet.unsent + tablet.disk.drafts.length;
  if (count === 0) return void tablet.signOut();
  const kept = document.getElementById("kept");
  if (kept) kept.textContent = tablet.t("list.keep", { count });
}

/**
 * @param {Tablet} tablet
 * @param {import("../records.js").Refusal} refusal
 */
function refused(tablet, { key, questionnaire, fault }) {
  const forget = () => tablet.outside.understood(key).then(() => tablet.update());
  return h(
    "div",
    { class: "alert", role: "alert" },
    h("p", {}, tablet.t(`list.${fault}`, { questionnaire })),
    button(`understood-${key}`, tablet.t("list.understood"), forget),
  );
}

/**
 * How many are done, and what waits to be sent.
 * @param {Tablet} tablet
 * @param {number} done
 */
function state(tablet, done) {
  const { t, unsent, online, households } = tablet;
  const refresh = async () => {
    const pressed = document.getElementById("refresh");
    if (pressed) pressed.textContent = t("list.refreshing");
    await tablet.outside.refresh();
  };
  return h(
    "div",
    { class: "card state" },
    h(
      "div",
      {},
      households.length > 0 && h("p", { id: "progress" }, t("list.progress", { done, total: households.length })),
      h("p", { id: "unsent", class: unsent > 0 ? "waiting" : "sent" }, unsent > 0 ? t("list.waiting", { count: unsent }) : t("list.all_sent")),
      !online && h("p", { class: "muted", role: "status" }, t("list.offline")),
    ),
    button("refresh", t("list.refresh"), refresh),
  );
}

/**
 * @param {Tablet} tablet
 * @param {string} village
 * @param {Household[]} households
 */
function villageCard(tablet, village, households) {
  const units = [...new Set(households.map((one) => one.unit_name))].join(", ");
  return h(
    "section",
    { class: "card village" },
    h("h2", {}, village, h("span", { class: "muted" }, units)),
    h("ul", {}, ...households.map((one) => h("li", {}, row(tablet, one)))),
  );
}

/**
 * @param {Tablet} tablet
 * @param {Household} one
 */
function row(tablet, one) {
  const { t, language } = tablet;
  const started = one.state !== "done" && tablet.draftOf(one.questionnaire) !== null;
  const visited = one.visits > 0 && one.visited_on;
  return h(
    "button",
    { type: "button", id: `household-${one.questionnaire}`, class: "row", onclick: () => tablet.openHousehold(one) },
    h("b", {}, t("list.household", { household: one.household })),
    h(
      "span",
      { class: "muted" },
      h("span", {}, t("list.questionnaire", { questionnaire: one.questionnaire })),
      visited && h("span", {}, t("list.visits", { visits: one.visits, day: dayWords(one.visited_on ?? "", language) })),
    ),
    h("span", { class: `chip ${started ? "started" : one.state}` }, started ? t("list.started") : t(`state.${one.state}`)),
  );
}
