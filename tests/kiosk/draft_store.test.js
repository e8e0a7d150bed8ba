import assert from "node:assert/strict";
import test from "node:test";
import { DraftStore } from "../../kiosk/draft_store.js";

globalThis.localStorage = { getItem: () => null, setItem: () => {} };

/** A terminal whose disk is full until it is cleared, with a server that takes what it is sent. */
function terminal() {
  const seen = { full: true, added: [], sent: [], events: [] };
  const write = async () => {
    if (seen.full) throw new Error("QuotaExceededError");
  };
  const add = async (submission) => {
    await write();
    seen.added.push(submission);
  };
  const queue = { draft: write, add, forgetDraft: write, tryRoom: write };
  const send = async ([one]) => {
    seen.sent.push(one.id);
    return [{ id: one.id, status: "stored" }];
  };
  const listeners = Object.fromEntries(["kept", "refused", "recovered"].map((word) => [word, () => seen.events.push(word)]));
  return { seen, draftStore: new DraftStore(queue, send, listeners) };
}

async function pass(t, seconds) {
  t.mock.timers.tick(1000 * seconds);
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}

test("that the server took an answer does not open a terminal whose disk is still full", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  t.mock.method(console, "error", () => {});
  const { seen, draftStore } = terminal();
  await draftStore.draft({ id: "a" }, "a");
  await pass(t, 5);
  assert.deepEqual(seen.sent, ["a"]);
  assert.equal(draftStore.holds, false);
  for (let again = 0; again < 3; again += 1) await pass(t, 5);
  assert.deepEqual([seen.sent, seen.events], [["a"], ["refused"]]);
  seen.full = false;
  await pass(t, 5);
  assert.deepEqual(seen.events, ["refused", "recovered"]);
});

test("what the disk takes after all is kept there, and the terminal opens", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  t.mock.method(console, "error", () => {});
  const { seen, draftStore } = terminal();
  await draftStore.draft({ id: "a" }, "a");
  seen.full = false;
  await pass(t, 5);
  assert.deepEqual([seen.sent, seen.events], [[], ["refused", "kept", "recovered"]]);
});

test("of a survey that was refused, what is tried again is how it stood at its end", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  t.mock.method(console, "error", () => {});
  const { seen, draftStore } = terminal();
  const ended = [draftStore.draft({ id: "a", answers: 1 }, "a"), draftStore.end({ id: "a", answers: 2 }, "a")];
  assert.equal((await Promise.all(ended))[1], false);
  seen.full = false;
  await pass(t, 5);
  assert.deepEqual(seen.added, [{ id: "a", answers: 2 }]);
});

test("of a survey that was refused and ended with every answer taken back nothing is kept", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  t.mock.method(console, "error", () => {});
  const { seen, draftStore } = terminal();
  await Promise.all([draftStore.draft({ id: "a" }, "a"), draftStore.end(null, "a")]);
  seen.full = false;
  await pass(t, 5);
  assert.deepEqual([seen.added, seen.sent], [[], []]);
});
