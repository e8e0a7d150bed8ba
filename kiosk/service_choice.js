/**
 * The choice of the procedure before the questions: by its field and name, or from a scanned receipt.
 *
 * @typedef {import("./kiosk.js").Kiosk} Kiosk
 */
import { procedureIn } from "./scanner.js";
import { service } from "./screens/service.js";

export class ServiceChoice {
  /** The field in which the citizen looks for a procedure; empty: none yet. */
  field = "";
  /** Whether the last scanned code contains no procedure of this office. */
  unread = false;
  #kiosk;

  /** @param {Kiosk} kiosk */
  constructor(kiosk) {
    this.#kiosk = kiosk;
  }

  /** @param {string} field */
  chooseField(field) {
    this.field = field;
    this.unread = false;
    this.#kiosk.show(service);
  }

  /** Chooses a procedure; a second touch clears the choice. @param {string} procedure */
  chooseProcedure(procedure) {
    const { survey } = this.#kiosk;
    if (!survey) return;
    const again = survey.procedure === procedure;
    survey.procedure = again ? null : procedure;
    if (again) this.#kiosk.show(service);
    else this.#kiosk.toQuestions();
  }

  /** Reads a scanned code. Only the procedure's code in it is kept. @param {string} text */
  read(text) {
    const { survey, settings } = this.#kiosk;
    const codes = settings.procedures.flatMap(({ procedures }) => procedures.map(({ code }) => code));
    const procedure = procedureIn(text, codes);
    if (survey && procedure) {
      survey.procedure = procedure;
      return this.#kiosk.toQuestions();
    }
    this.unread = true;
    this.#kiosk.show(service);
  }
}
