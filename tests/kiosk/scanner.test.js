import assert from "node:assert/strict";
import test from "node:test";
import { procedureIn } from "../../kiosk/scanner.js";

const codes = ["1.001193", "1.001193.000.00.00.H26", "HT-01", "HT-011"];

for (const [scanned, found] of [
  ["HT-01", "HT-01"],
  ["ht-01", "HT-01"],
  ["HT-011", "HT-011"],
  ["HT-0112", null],
  ["H26-251121-0007|HT-01|2026-11-21", "HT-01"],
  ["https://dichvucong.example/tra-cuu?tthc=1.001193.000.00.00.H26&hs=0007", "1.001193.000.00.00.H26"],
  ["1.001193;7", "1.001193"],
  ["H26-251121-0007", null],
  ["ĐHT-01", null],
]) {
  test(`${scanned} names ${found ?? "no procedure"}`, () => {
    assert.equal(procedureIn(scanned, codes), found);
  });
}
