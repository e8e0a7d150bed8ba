import assert from "node:assert/strict";
import test from "node:test";
import { UnusableConfig, usable } from "../../kiosk/config.js";
import { config } from "./sample.js";

test("a configuration that surveys can be shown from is taken as it is", () => {
  assert.deepEqual(usable(config()), config());
});

test("without an open round neither instrument nor form is needed", () => {
  const { instrument, form, procedures, ...rest } = config();
  assert.equal(usable({ ...rest, round: null }).round, null);
});

for (const [fault, spoil] of [
  ["null", () => null],
  ["a web page", () => "<html>"],
  ["no instrument", (c) => delete c.instrument && c],
  ["no language", (c) => ({ ...c, languages: [] })],
  ["a language without labels", (c) => ({ ...c, languages: ["vi", "fr"] })],
  ["a step with an unknown item", (c) => c.form.steps[0].items.push("zzz") && c],
  ["a step that draws more than it has", (c) => Object.assign(c.form.steps[0], { draw: 2 }) && c],
  ["a form without steps", (c) => ({ ...c, form: { id: "kiosk", steps: [] } })],
  ["a label too few", (c) => c.instrument.scale.labels.vi.pop() && c],
  ["no procedures", (c) => delete c.procedures && c],
  ["a field without procedures", (c) => ({ ...c, procedures: [{ field: "Hộ tịch" }] })],
  ["no timeouts", (c) => ({ ...c, timeouts: {} })],
  ["a warning longer than the time itself", (c) => Object.assign(c.timeouts, { warning: 31 }) && c],
]) {
  test(`${fault} is refused`, () => {
    assert.throws(() => usable(spoil(config())), UnusableConfig);
  });
}
