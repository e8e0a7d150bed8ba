/** @typedef {import("../kiosk.js").Kiosk} Kiosk */
import { h } from "../dom.js";
import { leaveFullScreen } from "../full_screen.js";
import { canSpeak, onVoices } from "../speech.js";
import { frame } from "./frame.js";

const MEGABYTE = 1_000_000;
const CLOCK_ERROR_SECONDS = 60;

/**
 * The operator's screen: the terminal's state and the operator's actions.
 * @param {Kiosk} kiosk
 * @returns {HTMLElement}
 */
export function operator(kiosk) {
  const { t, unlocked } = kiosk;
  const facts = h("dl", { id: "facts" });
  const refresh = async () => facts.replaceChildren(...rows(kiosk, await kiosk.outside.heartbeat()));
  const sendNow = async () => {
    const sent = kiosk.outside.sendNow();
    void refresh();
    await sent;
    await refresh();
  };
  void refresh();
  onVoices(refresh);
  const act = (/** @type {string} */ id, /** @type {string} */ words, /** @type {() => void} */ onclick) =>
    h("button", { type: "button", id, class: "secondary", onclick }, words);
  return frame(
    kiosk,
    "operator",
    { back: () => kiosk.resume(), forStaff: true },
    h("h1", { tabindex: -1, "data-focus": true }, t("operator.title")),
    facts,
    h(
      "div",
      { class: "acts" },
      act("send-now", t("operator.send"), sendNow),
      unlocked && act("leave-full-screen", t("operator.leave"), leaveFullScreen),
      unlocked && act("enrol-again", t("operator.enrol"), () => kiosk.askForCode()),
    ),
  );
}

/**
 * @param {Kiosk} kiosk
 * @param {import("../heartbeat.js").Heartbeat} heartbeat
 */
function rows(kiosk, heartbeat) {
  const { t, config, problem } = kiosk;
  const { persisted, usage, quota } = heartbeat.storage;
  const used = { used: Math.ceil(usage / MEGABYTE), all: Math.floor(quota / MEGABYTE) };
  const ahead = Math.abs(heartbeat.clock);
  return [
    row(t("operator.terminal"), config ? `${config.kiosk} · ${config.unit.name}` : t("operator.not_enrolled")),
    row(t("operator.waiting"), heartbeat.queue === null ? t("operator.unknown") : String(heartbeat.queue)),
    row(t("operator.oldest"), heartbeat.oldest_unsent ? new Date(heartbeat.oldest_unsent).toLocaleString(kiosk.language) : "–"),
    row(t("operator.sequence"), heartbeat.sequence === null ? t("operator.unknown") : String(heartbeat.sequence)),
    row(t("operator.storage"), t(persisted ? "operator.persisted" : "operator.not_persisted"), !persisted),
    row(t("operator.room"), t("operator.megabytes", used)),
    row(t("operator.clock"), ahead > CLOCK_ERROR_SECONDS ? t(heartbeat.clock > 0 ? "operator.ahead" : "operator.behind", { seconds: ahead }) : t("operator.right"), ahead > CLOCK_ERROR_SECONDS),
    voices(kiosk),
    row(t("operator.sealed"), t(heartbeat.storage.sealed ? "operator.yes" : "operator.no"), !heartbeat.storage.sealed),
    row(t("operator.version"), heartbeat.app_version),
    row(t("operator.files"), files(kiosk, heartbeat.files), heartbeat.files.missing > 0),
    problem && row(t("operator.problem"), t(problem), true),
  ].filter((one) => one !== null);
}

/** @param {Kiosk} kiosk @param {{missing: number, restored: number}} files */
function files({ t }, { missing, restored }) {
  if (missing > 0) return t("operator.missing", { missing });
  return restored > 0 ? t("operator.restored", { restored }) : t("operator.whole");
}

/** Shows the languages with a voice; a missing voice is a fault if the office offers reading aloud. @param {Kiosk} kiosk */
function voices({ t, messages, languages, config }) {
  const found = languages.map((language) => t(canSpeak(language) ? "operator.voice" : "operator.no_voice", { language: messages.name(language) }));
  return row(t("operator.voices"), found.join(" · "), config?.speech === true && !languages.every(canSpeak));
}

/**
 * @param {string} name
 * @param {string} value
 * @param {boolean} [wrong]
 */
function row(name, value, wrong = false) {
  return h("div", { class: wrong ? "wrong" : null }, h("dt", {}, name), h("dd", {}, value));
}
