import assert from "node:assert/strict";
import test from "node:test";
import { Refused } from "../../kiosk/api.js";
import { Uploader } from "../../kiosk/uploader.js";

const locks = { request: (_, __, work) => work({}) };
Object.defineProperty(globalThis, "navigator", { value: { locks }, configurable: true });
globalThis.addEventListener = () => {};

/** Ids in their order, and the uploader's pauses run out at once, up to so many. */
async function run(t, ids, send, rounds) {
  let waiting = [...ids];
  const queue = {
    oldest: async (limit, after) => waiting.filter((id) => after === null || id > after).slice(0, limit).map((id) => ({ id })),
    remove: async (gone) => (waiting = waiting.filter((id) => !gone.includes(id))),
  };
  const pauses = [];
  t.mock.method(globalThis, "setTimeout", (_, ms) => pauses.push(ms));
  const uploader = new Uploader(queue, async (batch) => send(batch.map(({ id }) => id)));
  for (let round = 0; round < rounds; round += 1) await uploader.wake();
  return { waiting, pauses };
}

const stored = (ids) => ids.map((id) => ({ id, status: "stored" }));
const ids = ["a", "b", "c", "d", "e", "f", "g", "h"];

test("a line too slow for a batch gets half as much until it arrives", async (t) => {
  const { waiting } = await run(t, ids, (batch) => {
    if (batch.length > 2) throw new DOMException("too slow", "TimeoutError");
    return stored(batch);
  }, 5);
  assert.deepEqual(waiting, []);
});

test("a server that refuses whatever is sent is not asked without a pause", async (t) => {
  let asked = 0;
  const { waiting, pauses } = await run(t, ids, () => {
    asked += 1;
    throw new Refused(400);
  }, 2);
  assert.deepEqual(waiting, ids);
  assert.equal(pauses.length, 2);
  assert.equal(asked, 4 + 1); // all, half, a quarter, one; the next one
});

test("a refused one is tried again though nothing else waits", async (t) => {
  let refusals = 1;
  const { waiting } = await run(t, ["a"], (batch) => {
    if ((refusals -= 1) >= 0) throw new Refused(400);
    return stored(batch);
  }, 2);
  assert.deepEqual(waiting, []);
});

test("no server sends a terminal away for more than an hour", async (t) => {
  const { pauses } = await run(t, ids, () => {
    throw new Refused(503, 1e9);
  }, 1);
  assert.deepEqual(pauses, [3_600_000]);
});

test("a lock that the browser refuses is asked for again", async (t) => {
  t.mock.method(console, "error", () => {});
  t.mock.method(locks, "request", () => Promise.reject(new DOMException("barred", "SecurityError")), { times: 1 });
  const { waiting, pauses } = await run(t, ids, stored, 2);
  assert.deepEqual(waiting, []);
  assert.deepEqual(pauses, [5000, 60_000]);
});
