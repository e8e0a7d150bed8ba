import assert from "node:assert/strict";
import test from "node:test";
import { byVillage, nextVisit, placeOf, withVisit } from "../../interviews/households.js";
import { Interview } from "../../interviews/interview.js";
import { config } from "./sample.js";

const NOW = new Date("2026-11-21T08:30:00.000Z");
const household = (changes = {}) => ({
  questionnaire: "1", village: "Đông", household: "12", unit: "C1", unit_name: "Xã Một", grid: [1, 2, 1], state: "open", visits: 0, visited_on: null,
  ...changes,
});

function assignment() {
  const { languages, instrument } = config();
  const items = [
    { id: "user", text: { vi: "Câu", en: "Q" }, kind: "yes-no", required: true, section: "a" },
    { id: "q1", text: { vi: "Câu", en: "Q" }, required: true, section: "b", conditions: [{ item: "user", values: [true] }] },
    { id: "words", text: { vi: "Câu", en: "Q" }, kind: "text", section: "c" },
  ];
  const sections = ["a", "b", "c"].map((id) => ({ id, title: { vi: id, en: id } }));
  const form = { id: "long", steps: [{ items: items.map(({ id }) => id), draw: 3 }] };
  return { name: "lan", round: "r", closes_at: null, channel: "tablet", languages, form, households: [], instrument: { ...instrument, items, sections } };
}

const begin = (draft) => new Interview(assignment(), household(), 2, "vi", { now: NOW, draft });

test("the grid says whom to interview, and its last place counts for more adults than it has", () => {
  assert.deepEqual([1, 2, 3, 9].map((adults) => placeOf(household(), adults)), [1, 2, 1, 1]);
  assert.equal(placeOf(household({ grid: null }), 3), null);
});

test("a visit counts until the server has it, and an interview of another tablet counts more", () => {
  const visit = nextVisit("r", household(), "refused", "2026-11-21");
  assert.equal(withVisit(household(), visit).state, "refused");
  assert.equal(withVisit(household(), visit).visits, 1);
  assert.equal(withVisit(household({ state: "done" }), visit).state, "done");
  assert.equal(withVisit(household({ state: "open", visits: 1 }), { ...visit, sent: true }).state, "open");
  assert.equal(JSON.stringify(visit).includes("T"), false); // a day, no time
});

test("households to visit stand before those that are done, by village", () => {
  const all = [household({ state: "done" }), household({ questionnaire: "2" }), household({ questionnaire: "3", village: "Đoài" })];
  assert.deepEqual(byVillage(all).map(([name, ones]) => [name, ones.map((one) => one.questionnaire)]), [["Đông", ["2", "1"]], ["Đoài", ["3"]]]);
});

test("a section whose conditions are not met has no page", () => {
  const interview = begin();
  const pages = () => interview.pages.map(({ section }) => section.id);
  assert.deepEqual(pages(), ["a", "c"]);
  interview.sheet.set("user", true);
  assert.deepEqual(pages(), ["a", "b", "c"]);
});

test("an interrupted interview goes on where an answer is missing, under the same id", () => {
  const interview = begin();
  interview.sheet.set("user", true);
  const draft = JSON.parse(JSON.stringify(interview.draft(NOW)));
  const resumed = begin(draft);
  assert.equal(resumed.id, interview.id);
  assert.equal(resumed.page.section.id, "b");
  assert.deepEqual(resumed.draft(NOW), interview.draft(NOW));
});

test("an interview is complete once it has ended on the last page without a missing answer", () => {
  const interview = begin();
  interview.sheet.set("user", true);
  interview.position = 3;
  assert.deepEqual([interview.missingInAll, interview.draft(NOW, { ended: true }).complete], [1, false]);
  interview.sheet.set("q1", 3);
  assert.equal(interview.draft(NOW).complete, false);
  assert.equal(interview.draft(NOW, { ended: true }).complete, true);
});

test("the id of an interview holds no time", () => {
  assert.match(begin().id, /^[0-9a-f]{8}-[0-9a-f]{4}-4/);
});
