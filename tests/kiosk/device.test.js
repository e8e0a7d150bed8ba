import assert from "node:assert/strict";
import test from "node:test";
import { config as sample } from "./sample.js";

const kept = new Map();
let room = Infinity;
globalThis.localStorage = {
  getItem: (key) => kept.get(key) ?? null,
  removeItem: (key) => kept.delete(key),
  setItem: (key, value) => {
    if (value.length > room) throw new DOMException("no room", "QuotaExceededError");
    kept.set(key, value);
  },
};
const device = await import("../../kiosk/device.js");
const PIN = { salt: "00", rounds: 1000, hash: "ff" };
const named = (name, pin = null) => ({ ...sample(), unit: { code: "00070", name }, pin });

test("on a full disk the configuration before stays, and is asked for again", (t) => {
  t.mock.method(console, "error", () => {});
  device.keepConfig(named("Phường Hoàn Kiếm"), '"1"');
  room = 0;
  device.keepConfig(named("Phường Ba Đình"), '"2"');
  room = Infinity;
  assert.equal(device.config().unit.name, "Phường Hoàn Kiếm");
  assert.equal(device.etag(), null);
});

test("of a configuration that is forgotten the PIN stays, until another one comes", () => {
  device.keepConfig(named("Phường Hoàn Kiếm", PIN), '"1"');
  device.forgetConfig();
  device.keepToken("another");
  assert.equal(device.config(), null);
  assert.equal(device.etag(), null);
  assert.deepEqual(device.pin(), PIN);
  device.keepConfig(named("Phường Hoàn Kiếm"), '"2"');
  assert.equal(device.pin(), null);
});

test("what a power cut took from the browser comes back from the disk", () => {
  device.keepToken("first");
  const wanted = device.tokenFor("CODE");
  const asked = device.enrolment();
  kept.clear();
  device.restoreEnrolment(asked);
  assert.equal(device.token(), "first");
  assert.equal(device.tokenFor("CODE"), wanted);
  kept.clear();
  device.restoreEnrolment(device.enrolment(wanted));
  assert.equal(device.token(), wanted);
});

test("where storage is barred nothing is known", (t) => {
  t.mock.method(console, "error", () => {});
  t.mock.method(globalThis.localStorage, "getItem", () => {
    throw new DOMException("barred", "SecurityError");
  });
  assert.equal(device.token(), null);
  assert.equal(device.pin(), null);
});
