import assert from "node:assert/strict";
import test from "node:test";
import { Refused } from "../../kiosk/api.js";
import { Unaccounted, accounted, liesWithBatch, pause } from "../../kiosk/uploader.js";

test("pauses double after each failure, up to five minutes", () => {
  assert.deepEqual([1, 2, 3, 8].map((failures) => pause(failures, 1)), [2, 4, 8, 256]);
  assert.equal(pause(9, 1), 300);
  assert.equal(pause(1000, 1), 300);
});

test("chance takes off up to half, so that terminals do not come back together", () => {
  assert.equal(pause(3, 0), 4);
  assert.equal(pause(3, 0.5), 6);
});

const batch = ["a", "b", "c", "d", "e"].map((id) => ({ id }));

test("whatever the server has told the fate of may leave the queue", () => {
  const fates = ["stored", "duplicate", "conflict", "quarantined"];
  const results = fates.map((status, i) => ({ id: batch[i].id, status }));
  assert.deepEqual(accounted(batch, results), ["a", "b", "c", "d"]);
});

test("a word that is not known keeps the submission", () => {
  assert.deepEqual(accounted(batch, [{ id: "a", status: "later" }, { id: "b", status: "stored" }]), ["b"]);
});

test("a submission whose id the server could not read is known by its place, where none is left out", () => {
  const results = batch.map(({ id }, place) => ({ id: place === 2 ? null : id, status: "quarantined" }));
  assert.deepEqual(accounted(batch, results), ["a", "b", "c", "d", "e"]);
  assert.deepEqual(accounted(batch, results.slice(0, 4)), ["a", "b", "d"]);
});

test("an answer about none of them is no answer", () => {
  assert.throws(() => accounted(batch, []), Unaccounted);
  assert.throws(() => accounted(batch, [{ id: "z", status: "stored" }]), Unaccounted);
});

test("the batch is to blame where the server refuses what is in it, and not when it is busy or away", () => {
  const blamed = [400, 413, 422, 500].map((status) => liesWithBatch(new Refused(status)));
  const others = [401, 403, 404, 429, 502, 503].map((status) => liesWithBatch(new Refused(status)));
  assert.deepEqual(blamed, [true, true, true, true]);
  assert.deepEqual(others, Array(6).fill(false));
  assert.equal(liesWithBatch(new TypeError("Failed to fetch")), false);
});
