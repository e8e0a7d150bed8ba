import assert from "node:assert/strict";
import test from "node:test";
import { uuid7 } from "../../kiosk/uuid7.js";

test("a UUIDv7 holds its moment, its version and its variant", () => {
  const moment = Date.parse("2026-11-21T08:30:00.123Z");
  const id = uuid7(moment);
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(parseInt(id.replaceAll("-", "").slice(0, 12), 16), moment);
});

test("ids sort by the moment they were made", () => {
  const ids = [1, 2 ** 32 - 1, 2 ** 32, 2 ** 41].map((moment) => uuid7(moment));
  assert.deepEqual([...ids].sort(), ids);
});

test("ids of one moment differ", () => {
  assert.equal(new Set(Array.from({ length: 1000 }, () => uuid7(1))).size, 1000);
});
