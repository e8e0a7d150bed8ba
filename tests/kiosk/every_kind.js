/** A small round with every kind of item, as the server sends it. */
import { config } from "./sample.js";

const text = (words) => ({ vi: `${words}?`, en: `${words}, please?` });
const option = (code, more = {}) => ({ code, text: text(code), ...more });

export const ITEMS = [
  { id: "sex", kind: "choice", required: true, section: "person", text: text("sex"), options: [option("M"), option("F")] },
  { id: "interest", scale: "interest", text: text("interest") },
  { id: "sources", kind: "choices", text: text("sources"), options: [option("tv"), option("web"), option("else", { other: true })] },
  { id: "paid", kind: "choice", required: true, text: text("paid"), options: [option("no"), option("once"), option("often")] },
  { id: "times", kind: "number", maximum: 99, text: text("times"), conditions: [{ item: "paid", values: ["once", "often"] }] },
  {
    id: "why", kind: "choice", text: text("why"), options: [option("fee"), option("gift"), option("else", { other: true })],
    conditions: [{ item: "paid", values: ["once", "often"] }, { item: "times", values: [2, 3] }],
  },
  { id: "used", kind: "yes-no", text: text("used") },
  { id: "polite", required: true, not_applicable: true, text: text("polite"), conditions: [{ item: "used", values: [true] }] },
  { id: "opinion", kind: "text", text: text("opinion") },
];

/** @param {object} [changes] of items, by id */
export function everyKind(changes = {}) {
  const whole = config();
  const interest = { points: [0, 1], satisfied: 1, labels: { vi: ["Ít", "Nhiều"], en: ["Little", "Much"] }, display: "numbers" };
  const items = ITEMS.map((item) => ({ ...item, ...changes[item.id] }));
  const sections = [{ id: "person", title: { vi: "Về Ông/Bà", en: "About you" }, intros: [] }];
  Object.assign(whole.instrument, { items, scales: { interest }, sections });
  whole.form.steps = items.map(({ id }) => ({ items: [id], draw_items: null }));
  return whole;
}
