import assert from "node:assert/strict";
import { pbkdf2Sync } from "node:crypto";
import test from "node:test";
import { fits } from "../../kiosk/pin.js";

const salt = "00ff10";
const hash = pbkdf2Sync("4711", Buffer.from(salt, "hex"), 1000, 32, "sha256").toString("hex");

test("the operator's PIN fits, and no other", async () => {
  assert.equal(await fits({ salt, rounds: 1000, hash }, "4711"), true);
  for (const other of ["4712", "", "04711"]) assert.equal(await fits({ salt, rounds: 1000, hash }, other), false);
});
