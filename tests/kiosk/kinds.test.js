import assert from "node:assert/strict";
import test from "node:test";
import { OptionOrder } from "../../kiosk/option_order.js";
import { Survey } from "../../kiosk/survey.js";
import { countQuestions } from "../../kiosk/form.js";
import { UnusableConfig, usable } from "../../kiosk/config.js";
import { everyKind } from "./every_kind.js";

const begin = (changes) => new Survey(everyKind(changes), "vi", { random: () => 0 });
const answers = (survey) => survey.submission().answers;

/** Answers what is asked, in order, by the id of the item; null skips. */
function answerAll(survey, given) {
  const asked = [];
  for (let item = survey.item; item; item = survey.item) {
    asked.push(item.id);
    survey.answer(given[item.id] ?? null);
  }
  return asked;
}

const PAID = { sex: "F", interest: 0, sources: ["tv", "web"], paid: "once", times: 2, why: "gift", used: true, polite: 3, opinion: "Tốt" };

test("each kind of item is answered in the server's format", () => {
  const survey = begin();
  assert.deepEqual(answerAll(survey, PAID), Object.keys(PAID));
  assert.deepEqual(answers(survey), PAID);
  assert.equal(survey.complete, true);
});

test("an item whose condition is not met is not asked and not sent", () => {
  const survey = begin();
  const asked = answerAll(survey, { sex: "M", paid: "no", used: false });
  assert.deepEqual(asked, ["sex", "interest", "sources", "paid", "used", "opinion"]);
  assert.deepEqual(answers(survey), { sex: "M", interest: null, sources: null, paid: "no", used: false, opinion: null });
  assert.equal(survey.complete, true);
});

test("all conditions of an item must be met", () => {
  const asked = answerAll(begin(), { paid: "often", times: 4 });
  assert.equal(asked.includes("times"), true);
  assert.equal(asked.includes("why"), false);
});

test("an answer of another type meets no condition", () => {
  const survey = begin({ polite: { conditions: [{ item: "used", values: [1] }] } });
  assert.equal(answerAll(survey, { used: true }).includes("polite"), false);
});

test("one of several options meets a condition", () => {
  const survey = begin({ polite: { conditions: [{ item: "sources", values: ["web"] }] } });
  assert.equal(answerAll(survey, { sources: ["tv", "web"] }).includes("polite"), true);
});

test("a changed answer drops the answers that it hides, and those which depend on them", () => {
  const survey = begin();
  answerAll(survey, PAID);
  while (survey.item?.id !== "paid") survey.back();
  survey.record("no");
  assert.deepEqual(Object.keys(answers(survey)), ["sex", "interest", "sources", "paid", "used", "polite", "opinion"]);
  survey.record("once");
  assert.deepEqual([answers(survey).times, "why" in answers(survey)], [null, false]);
  assert.equal(survey.complete, false); // `times` is asked again
  assert.deepEqual(answerAll(survey, PAID), ["paid", "times", "why", "used", "polite", "opinion"]);
  assert.equal(survey.complete, true);
});

test("an answer that is taken back hides what depended on it", () => {
  const survey = begin();
  answerAll(survey, PAID);
  while (survey.item?.id !== "used") survey.back();
  survey.takeBack();
  assert.equal("polite" in answers(survey), false);
  assert.equal(answers(survey).used, null);
});

test("the number of questions follows the answers", () => {
  const survey = begin();
  assert.equal(survey.shown.length, 6);
  answerAll(survey, PAID);
  assert.equal(survey.shown.length, 9);
});

test("a required item that is skipped leaves the survey partial", () => {
  const survey = begin();
  answerAll(survey, { ...PAID, polite: null });
  assert.equal(survey.complete, false);
  assert.deepEqual(survey.sheet.missing, ["polite"]);
  assert.equal(answers(survey).polite, null);
});

test("a required item that is not shown is not missed", () => {
  const survey = begin();
  answerAll(survey, { ...PAID, used: false });
  assert.equal(survey.complete, true);
});

test("not applicable is an answer, of several options too", () => {
  const survey = begin({ sources: { required: true, not_applicable: true } });
  answerAll(survey, { ...PAID, polite: "NA", sources: "NA" });
  assert.deepEqual([answers(survey).polite, answers(survey).sources], ["NA", "NA"]);
  assert.equal(survey.complete, true);
});

test("options are added and taken away, and sent in the order of the questionnaire", () => {
  const survey = begin();
  survey.skip();
  survey.skip();
  for (const code of ["web", "tv", "else", "else"]) survey.toggle(code);
  assert.deepEqual(answers(survey).sources, ["tv", "web"]);
  assert.equal(survey.complete, false);
  survey.toggle("tv");
  survey.toggle("web");
  assert.equal(answers(survey).sources, null);
});

test("an option replaces not applicable", () => {
  const survey = begin({ sources: { not_applicable: true } });
  survey.skip();
  survey.skip();
  survey.record("NA");
  survey.toggle("web");
  assert.deepEqual(answers(survey).sources, ["web"]);
});

test("a text beside an option is sent with that option alone", () => {
  const survey = begin();
  survey.skip();
  survey.skip();
  survey.toggle("else");
  assert.equal(answers(survey).sources_other, null);
  survey.sheet.set("sources_other", "Hàng xóm");
  assert.deepEqual(answers(survey), { sex: null, interest: null, sources: ["else"], sources_other: "Hàng xóm", paid: null, used: null, opinion: null });
  survey.toggle("else");
  survey.toggle("else");
  assert.equal(answers(survey).sources_other, null);
});

test("an answer is recorded before its screen is left", () => {
  const survey = begin();
  survey.record("F");
  assert.equal(survey.item?.id, "sex");
  assert.equal(answers(survey).sex, "F");
});

test("a blank text is no answer, and zero is one", () => {
  const survey = begin({ opinion: { required: true } });
  answerAll(survey, { ...PAID, opinion: " \n", times: 0 });
  assert.equal(answers(survey).opinion, null);
  assert.equal(answers(survey).times, 0);
  assert.equal(survey.complete, false);
});

test("sections are drawn whole", () => {
  const config = everyKind();
  const sections = [{ id: "a", items: ["interest"] }, { id: "b", items: ["used", "opinion"] }, { id: "c", items: ["paid"] }];
  config.form.steps = [{ items: ["interest", "used", "opinion", "paid"], sections, draw_sections: 2 }];
  assert.equal(usable(config), config);
  assert.equal(countQuestions(config.form), 3);
  const drawn = [0, 0.5, 0.99].map((fraction) => new Survey(config, "vi", { random: () => fraction }).shown.map(({ id }) => id).join());
  assert.deepEqual(drawn, ["interest,used,opinion", "used,opinion,paid", "interest,paid"]);
});

test("an item that was not drawn meets no condition", () => {
  const config = everyKind();
  config.form.steps = [{ items: ["used", "opinion"], draw_items: 1 }, { items: ["polite"], draw_items: null }];
  const survey = new Survey(config, "vi", { random: () => 0.99 });
  assert.deepEqual(answers(survey), { opinion: null });
});

test("options in reversed order are recorded, and the one with a text stays last", () => {
  const changes = { why: { order: "reversed" }, interest: { order: "reversed" }, sources: { order: "random" } };
  const { instrument } = everyKind(changes);
  const item = (id) => instrument.items.find((one) => one.id === id);
  const orders = [0, 0.99].map((fraction) => new OptionOrder(instrument.items, () => fraction));
  assert.deepEqual(orders.map((one) => one.attributes), [{ option_order: "reversed" }, { option_order: "as-written" }]);
  assert.deepEqual(orders.map((one) => one.places(item("why"), 3)), [[1, 0, 2], [0, 1, 2]]);
  assert.deepEqual(orders.map((one) => one.places(item("interest"), 2)), [[1, 0], [0, 1]]);
  assert.deepEqual(orders.map((one) => one.places(item("paid"), 3)), [[0, 1, 2], [0, 1, 2]]);
  assert.deepEqual(begin(changes).submission().attributes, { option_order: "reversed" });
  assert.deepEqual(begin({ sources: { order: "random" } }).submission().attributes, {});
});

test("a random order is every order equally often, and stays for one person", () => {
  const item = { id: "i", order: "random", options: ["a", "b", "c"].map((code) => ({ code, text: {} })) };
  const seen = new Map();
  for (const first of [0.1, 0.5, 0.9]) {
    for (const second of [0.1, 0.9]) {
      const fractions = [first, second, 0];
      const order = new OptionOrder([item], () => fractions.shift());
      const places = order.places(item, 3);
      assert.deepEqual(order.places(item, 3), places);
      seen.set(places.join(), (seen.get(places.join()) ?? 0) + 1);
    }
  }
  assert.deepEqual([...seen.values()], [1, 1, 1, 1, 1, 1]);
});

test("a configuration with every kind of item is taken", () => {
  assert.deepEqual(usable(everyKind()), everyKind());
});

for (const [fault, changes] of [
  ["an unknown kind", { used: { kind: "map" } }],
  ["an unknown scale", { interest: { scale: "zzz" } }],
  ["a choice without options", { paid: { options: [] } }],
  ["an option without code", { paid: { options: [{ text: { vi: "a", en: "a" } }] } }],
  ["an option without a text in a language", { paid: { options: [{ code: "a", text: { vi: "a" } }] } }],
  ["a number that nothing answers", { times: { minimum: 100 } }],
  ["a condition on an unknown item", { polite: { conditions: [{ item: "zzz", values: [true] }] } }],
]) {
  test(`${fault} is refused`, () => {
    assert.throws(() => usable(everyKind(changes)), UnusableConfig);
  });
}

for (const [fault, step] of [
  ["a draw of more items than there are", { items: ["used"], draw_items: 2 }],
  ["a draw of more sections than there are", { items: ["used"], sections: [{ id: "a", items: ["used"] }], draw_sections: 2 }],
  ["a section with an unknown item", { items: ["used"], sections: [{ id: "a", items: ["zzz"] }], draw_sections: 1 }],
]) {
  test(`${fault} is refused`, () => {
    const config = everyKind();
    config.form.steps.push(step);
    assert.throws(() => usable(config), UnusableConfig);
  });
}
