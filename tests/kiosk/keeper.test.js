import assert from "node:assert/strict";
import test from "node:test";
import { Keeper } from "../../kiosk/keeper.js";

globalThis.localStorage = { getItem: () => null, setItem: () => {} };

/** A terminal whose disk is full until it is cleared, with a server that takes what it is sent. */
function terminal() {
  const seen = { full: true, added: [], sent: [], told: [] };
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
  const told = Object.fromEntries(["kept", "refused", "recovered"].map((word) => [word, () => seen.told.push(word)]));
  return { seen, keeper: new Keeper(queue, send, told) };
}

async function pass(t, seconds) {
  t.mock.timers.tick(1000 * seconds);
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}

test("that the server took an answer does not open a terminal whose disk is still full", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  t.mock.method(console, "error", () => {});
  const { seen, keeper } = terminal();
  await keeper.draft({ id: "a" }, "a");
  await pass(t, 5);
  assert.deepEqual(seen.sent, ["a"]);
  assert.equal(keeper.holds, false);
  for (let again = 0; again < 3; again += 1) await pass(t, 5);
  assert.deepEqual([seen.sent, seen.told], [["a"], ["refused"]]);
  seen.full = false;
  await pass(t, 5);
  assert.deepEqual(seen.told, ["refused", "recovered"]);
});

test("what the disk takes after all is kept there, and the terminal opens", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  t.mock.method(console, "error", () => {});
  const { seen, keeper } = terminal();
  await keeper.draft({ id: "a" }, "a");
  seen.full = false;
  await pass(t, 5);
  assert.deepEqual([seen.sent, seen.told], [[], ["refused", "kept", "recovered"]]);
});

test("of a survey that was refused, what is tried again is how it stood at its end", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  t.mock.method(console, "error", () => {});
  const { seen, keeper } = terminal();
  const ended = [keeper.draft({ id: "a", answers: 1 }, "a"), keeper.end({ id: "a", answers: 2 }, "a")];
  assert.equal((await Promise.all(ended))[1], false);
  seen.full = false;
  await pass(t, 5);
  assert.deepEqual(seen.added, [{ id: "a", answers: 2 }]);
});

test("of a survey that was refused and ended with every answer taken back nothing is kept", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  t.mock.method(console, "error", () => {});
  const { seen, keeper } = terminal();
  await Promise.all([keeper.draft({ id: "a" }, "a"), keeper.end(null, "a")]);
  seen.full = false;
  await pass(t, 5);
  assert.deepEqual([seen.added, seen.sent], [[], []]);
});
