import assert from "node:assert/strict";
import test from "node:test";
import { dateAll } from "../../kiosk/dating.js";

const LOADED = Date.parse("2026-11-22T08:00:00Z");
const clock = { page: "now", zero: LOADED, ahead: 0 };
const DAY = 86_400_000;

/** A survey of 40 seconds that ended at so many ms of its page's running time. */
function survey(page, ended, device, since = 0) {
  return { id: page + ended, started_at: "guess", submitted_at: "guess", undated: { page, started: ended - 40_000, ended, device, since } };
}

/** Start and end of each, in ms. */
const times = (surveys, known = clock) =>
  dateAll(surveys, known).map(({ started_at, submitted_at }) => [Date.parse(started_at), Date.parse(submitted_at)]);

test("what was given since the page was loaded is dated by its running time, whatever the clock said", () => {
  assert.deepEqual(times([survey("now", 60_000, LOADED + 9 * DAY)]), [[LOADED + 20_000, LOADED + 60_000]]);
});

test("what was given before a power cut is dated by the clock, less the error that it still has", () => {
  const [[, ended]] = times([survey("before", 60_000, LOADED + 9 * DAY - 3_600_000)], { ...clock, ahead: 9 * DAY });
  assert.equal(ended, LOADED - 3_600_000);
});

test("where the clock was set meanwhile it is dated as late as it can have been, in its order", () => {
  const given = [survey("before", 60_000, LOADED + 9 * DAY), survey("before", 360_000, LOADED + 9 * DAY + 300_000)];
  assert.deepEqual(times(given).map(([, ended]) => ended), [LOADED - 300_000, LOADED]);
});

test("nothing is dated before what the server had said by then", () => {
  const [[, ended]] = times([survey("before", 60_000, Date.parse("2019-01-01T00:05:00Z"), LOADED - DAY)]);
  assert.equal(ended, LOADED);
});

test("what has its times keeps them, and no mark is left on what had none", () => {
  const sure = { id: "a", started_at: "2026-11-22T07:00:00Z", submitted_at: "2026-11-22T07:01:00Z" };
  const [same, dated] = dateAll([sure, survey("now", 60_000, 0)], clock);
  assert.equal(same, sure);
  assert.equal("undated" in dated, false);
});
