import assert from "node:assert/strict";
import test from "node:test";

const kept = new Map();
globalThis.localStorage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
const said = (date) => ({ headers: new Headers({ Date: date }) });
const SERVER = Date.parse("2026-11-22T08:00:00Z");
let page = 0;
/** The module as a page finds it that has just been loaded. */
const load = () => import(`../../kiosk/clock.js?${(page += 1)}`);
const near = (a, b) => assert.ok(Math.abs(a - b) < 2000, `${new Date(a).toISOString()} is not near ${new Date(b).toISOString()}`);

test("before the server was ever heard it is the device's time", async () => {
  const clock = await load();
  near(clock.now().getTime(), Date.now());
  assert.equal(clock.ahead(), 0);
});

test("once the server was heard its time counts, whatever the device says", async (t) => {
  const clock = await load();
  t.mock.timers.enable({ apis: ["Date"], now: Date.parse("2019-01-01T00:00:00Z") });
  clock.hear(said("Sun, 22 Nov 2026 08:00:00 GMT"));
  near(clock.now().getTime(), SERVER);
  t.mock.timers.setTime(Date.parse("2031-01-01T00:00:00Z"));
  near(clock.now().getTime(), SERVER);
  assert.ok(clock.ahead() > 4 * 365 * 86_400);
});

test("offline after a power cut it is never before what the server said last", async (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: Date.parse("2026-11-22T08:00:00Z") });
  (await load()).hear(said("Sun, 22 Nov 2026 08:00:00 GMT"));
  t.mock.timers.setTime(Date.parse("2019-01-01T00:00:00Z"));
  near((await load()).now().getTime(), SERVER);
});

test("offline, a clock that was an hour ahead is still an hour ahead", async (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: SERVER + 3_600_000 });
  (await load()).hear(said("Sun, 22 Nov 2026 08:00:00 GMT"));
  t.mock.timers.setTime(SERVER + 3_600_000 + 600_000);
  near((await load()).now().getTime(), SERVER + 600_000);
});

test("an answer without a date changes nothing", async () => {
  kept.clear();
  const clock = await load();
  clock.hear({ headers: new Headers() });
  near(clock.now().getTime(), Date.now());
});

test("a survey that began before the server was heard and ended after is dated whole", async (t) => {
  kept.clear();
  const clock = await load();
  t.mock.timers.enable({ apis: ["Date"], now: SERVER + 9 * 86_400_000 });
  const started = performance.now() - 5000;
  assert.equal(clock.stamp({ started_at: "guess" }, started).undated.device, SERVER + 9 * 86_400_000);
  assert.equal(clock.known(), null);
  clock.hear(said("Sun, 22 Nov 2026 08:00:00 GMT"));
  const { started_at, undated } = clock.stamp({ started_at: "guess" }, started);
  assert.equal(undated, undefined);
  near(Date.parse(started_at), SERVER - 5000);
});
