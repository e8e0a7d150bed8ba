import assert from "node:assert/strict";
import test from "node:test";
import { draw } from "../../kiosk/random_draws.js";
import { Survey, withOffset } from "../../kiosk/survey.js";
import { config } from "./sample.js";

const BEGUN = new Date("2026-11-21T08:30:00.000Z");
const SENT = new Date("2026-11-21T08:31:00.000Z");
const begin = (fraction) => new Survey(config(), "vi", { now: BEGUN, random: () => fraction });

/** Every way that `count` draws from `size` can fall, as the fractions that lead there. */
function ways(size, count) {
  if (count === 0) return [[]];
  const first = Array.from({ length: size }, (_, k) => (k + 0.5) / size);
  return first.flatMap((fraction) => ways(size - 1, count - 1).map((rest) => [fraction, ...rest]));
}

for (const [size, count] of [[3, 1], [4, 2], [5, 3], [6, 6]]) {
  test(`each ${count} of ${size} items are drawn equally often, in the order they had`, () => {
    const ids = Array.from({ length: size }, (_, i) => `q${i}`);
    const times = new Map();
    for (const way of ways(size, count)) {
      const drawn = draw(ids, count, () => way.shift());
      assert.deepEqual(drawn, ids.filter((id) => drawn.includes(id)));
      times.set(drawn.join(), (times.get(drawn.join()) ?? 0) + 1);
    }
    const factorial = (n) => (n < 2 ? 1 : n * factorial(n - 1));
    assert.equal(times.size, factorial(size) / factorial(count) / factorial(size - count));
    assert.equal(new Set(times.values()).size, 1);
  });
}

test("what was drawn and not reached is null, what was not drawn is absent", () => {
  const survey = begin(0.5);
  survey.answer(3);
  const sent = survey.submission(SENT);
  assert.deepEqual(sent.answers, { overall: 3, a2: null });
  assert.equal(sent.complete, false);
});

test("a survey passed to its end is complete, skipped items and all", () => {
  const survey = begin(0);
  survey.answer(2);
  survey.goOn();
  assert.equal(survey.complete, true);
  assert.equal(survey.item, undefined);
  assert.deepEqual(survey.submission(SENT).answers, { overall: 2, a1: null });
});

test("an answer can be changed until the end", () => {
  const survey = begin(0);
  survey.answer(1);
  survey.back();
  assert.equal(survey.chosen, 1);
  survey.answer(3);
  survey.answer(2);
  assert.deepEqual(survey.submission(SENT).answers, { overall: 3, a1: 2 });
});

test("an answer stands when its citizen comes back and goes on again", () => {
  const survey = begin(0);
  survey.answer(1);
  survey.back();
  survey.goOn();
  assert.deepEqual(survey.submission(SENT).answers, { overall: 1, a1: null });
});

test("an answer is taken back by itself, and its citizen stays there", () => {
  const survey = begin(0);
  survey.answer(1);
  survey.back();
  survey.takeBack();
  assert.equal(survey.position, 0);
  assert.equal(survey.unanswered, true);
});

test("a survey of which nothing is left to ask is complete wherever its citizen stands", () => {
  const survey = begin(0);
  survey.answer(1);
  survey.back();
  assert.equal(survey.complete, false);
  survey.goOn();
  survey.goOn();
  survey.back();
  survey.back();
  assert.equal(survey.complete, true);
  assert.equal(survey.submission(SENT).complete, true);
});

test("there is nothing before the first question and nothing after the last", () => {
  const survey = begin(0);
  survey.back();
  assert.equal(survey.position, 0);
  survey.answer(3);
  survey.answer(3);
  survey.answer(1);
  survey.goOn();
  assert.deepEqual(survey.submission(SENT).answers, { overall: 3, a1: 3 });
});

test("a submission has the fields that the server knows, and no others", () => {
  const survey = begin(0);
  survey.procedure = "1.000689";
  survey.language = "en";
  survey.answer(3);
  survey.answer(3);
  const { id, started_at, submitted_at, ...rest } = survey.submission(SENT);
  assert.match(id, /^[0-9a-f-]{14}7/);
  assert.equal(Date.parse(started_at), BEGUN.getTime());
  assert.equal(Date.parse(submitted_at), SENT.getTime());
  assert.deepEqual(rest, {
    instrument: "small@1",
    form: "kiosk",
    channel: "kiosk",
    unit: "00070",
    procedure: "1.000689",
    service_channel: "counter",
    language: "en",
    complete: true,
    answers: { overall: 3, a1: 3 },
    comment: null,
    attributes: {},
  });
});

test("a survey keeps its id, and another has another", () => {
  const survey = begin(0);
  assert.equal(survey.submission(SENT).id, survey.submission(SENT).id);
  assert.notEqual(begin(0).id, survey.id);
});

for (const [zone, written] of [
  ["Asia/Ho_Chi_Minh", "2026-11-21T15:30:00.000+07:00"],
  ["America/St_Johns", "2026-11-21T05:00:00.000-03:30"],
  ["UTC", "2026-11-21T08:30:00.000+00:00"],
]) {
  test(`times are written with the offset of ${zone}`, () => {
    process.env.TZ = zone;
    assert.equal(withOffset(BEGUN), written);
  });
}
