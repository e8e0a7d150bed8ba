import assert from "node:assert/strict";
import test from "node:test";
import { joined } from "../../kiosk/compounds.js";

const shown = (text) => joined(text).replaceAll("\u00a0", "_");

test("a word of two syllables stays in one line", () => {
  assert.equal(shown("Cơ quan giải quyết đúng quy định của thủ tục"), "Cơ_quan giải_quyết đúng quy_định của thủ_tục");
});

test("syllables that only look like such a word do not", () => {
  assert.equal(shown("hồ sơn, thiên ý kiếng"), "hồ sơn, thiên ý kiếng");
});
