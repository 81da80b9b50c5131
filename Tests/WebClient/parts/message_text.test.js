// What may be sent, counted as the server counts, and which Enter sends it.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  charactersLeft,
  countCharacters,
  countClusters,
  isComposingKey,
  refusalOf,
  sendable,
  sends,
  showsNothing,
} from "../../../nginx/html/parts/message-text.js";

const FAMILY = "👨‍👩‍👧‍👦";

test("the indentation of the first line is sent, the space at the end is not", () => {
  assert.equal(sendable("    if x:\n      y\n\n  "), "    if x:\n      y");
});

test("characters are counted as readers see them and as the server does", () => {
  const counts = {
    abc: 3,
    é: 1,
    "e\u0301": 1,
    [FAMILY]: 1,
    "🇩🇪🇫🇷": 2,
    "👍🏽": 1,
    "1️⃣": 1,
    "\r\n": 1,
    "a\r\nb": 3,
    "🏴󠁧󠁢󠁳󠁣󠁴󠁿": 1,
    각: 1,
    한국: 2,
    "a\u200d": 1,
    "x\u200dy": 2,
    "": 0,
    "\u0301": 1,
  };
  for (const [text, count] of Object.entries(counts)) {
    assert.equal(countCharacters(text), count, JSON.stringify(text));
    assert.equal(countClusters(text), count, `${JSON.stringify(text)}, without a segmenter`);
  }
});

test("a thousand families are sent, and four thousand letters, but not one more", () => {
  assert.equal(refusalOf(FAMILY.repeat(1000)), null);
  assert.equal(refusalOf("x".repeat(4000)), null);
  assert.deepEqual(refusalOf("x".repeat(4001)), { code: "characters", count: 4001 });
  assert.deepEqual(refusalOf("é".repeat(4001)), { code: "characters", count: 4001 });
  assert.deepEqual(refusalOf(FAMILY.repeat(1967)), { code: "bytes", count: 49_175 });
  assert.equal(refusalOf(FAMILY.repeat(1966)), null);
  assert.equal(refusalOf("x".repeat(200_000)).code, "characters");
});

test("text that shows nothing is not sent, except with files", () => {
  for (const text of ["", " \n", "\u200b\u200d", "\u3164", "\u2800", "\u{e0041}", "\ufe0f", "\u00ad\u202e", "\u{1d159}"]) {
    assert.ok(showsNothing(text), JSON.stringify(text));
    assert.deepEqual(refusalOf(text), { code: "empty", count: 0 });
    assert.equal(refusalOf(text, { hasFiles: true }), null);
  }
  for (const text of ["x", "\u200bא", "👍", "\u0301", "。"]) assert.ok(!showsNothing(text), JSON.stringify(text));
  assert.deepEqual(refusalOf("a\0"), { code: "nul", count: 0 });
});

test("what is left is counted near the limit only", () => {
  assert.equal(charactersLeft("x".repeat(3499)), null);
  assert.equal(charactersLeft("x".repeat(3500)), 500);
  assert.equal(charactersLeft("x".repeat(4010)), -10);
  assert.equal(charactersLeft(FAMILY.repeat(500)), null);
});

test("Enter that confirms a word of an input method sends nothing, in Safari neither", () => {
  const enter = { key: "Enter", keyCode: 13, isComposing: false };
  assert.ok(isComposingKey({ isComposing: true, keyCode: 13 }));
  assert.ok(isComposingKey({ isComposing: false, keyCode: 229 }), "Safari's Enter after compositionend");
  assert.ok(!isComposingKey(enter));
  assert.ok(sends(enter, { isTouch: false }));
  assert.ok(!sends({ ...enter, keyCode: 229 }, { isTouch: false }));
  assert.ok(!sends({ ...enter, isComposing: true }, { isTouch: false }));
  assert.ok(!sends({ ...enter, keyCode: 229, ctrlKey: true }, { isTouch: false }));
});

test("Enter begins a line with Shift and on a touch screen; with Ctrl it always sends", () => {
  const enter = { key: "Enter", keyCode: 13 };
  assert.ok(!sends({ ...enter, shiftKey: true }, { isTouch: false }));
  assert.ok(!sends(enter, { isTouch: true }));
  assert.ok(sends({ ...enter, ctrlKey: true }, { isTouch: true }));
  assert.ok(sends({ ...enter, metaKey: true }, { isTouch: true }));
  assert.ok(!sends({ key: "a", keyCode: 65 }, { isTouch: false }));
});
