// Emoji: the files of both languages, search and completion, tones, and messages of emoji alone.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { EmojiNames, emojiBefore, isEmojiOnly, loadEmoji, TONES, withTone } from "../../../nginx/html/parts/emoji.js";

const read = (language) => JSON.parse(readFileSync(new URL(`../../../nginx/html/emoji/${language}.json`, import.meta.url), "utf8"));
const english = new EmojiNames(read("en"));
const german = new EmojiNames(read("de"));
const found = (names, query, limit = 5) => names.search(query, limit).map(({ emoji }) => emoji);

test("both languages offer the same emoji, in the same groups", () => {
  assert.deepEqual(german.groups, english.groups);
  assert.ok(english.groups.flatMap(({ emoji }) => emoji).length > 1800);
  assert.match(read("en").source, /Unicode/);
});

test("every emoji is spelled as the server keeps it", () => {
  const all = new Set(english.groups.flatMap(({ emoji }) => emoji));
  for (const emoji of ["❤️", "1️⃣", "🇩🇪", "👨‍👩‍👧‍👦", "☺️", "👁️‍🗨️"]) assert.ok(all.has(emoji), emoji);
  assert.ok(![...all].some((emoji) => /[\u{1f3fb}-\u{1f3ff}]/u.test(emoji)), "tones are added by the page");
});

test("an emoji is found by its name in the user's language", () => {
  assert.equal(found(english, "thumbs")[0], "👍");
  assert.equal(found(english, "thumbs_up")[0], "👍");
  assert.equal(found(english, "+1")[0], "👍");
  assert.equal(found(english, "tada")[0], "🎉");
  assert.equal(found(english, "cat")[0], "🐈");
  assert.equal(found(german, "Katze")[0], "🐈");
  assert.equal(found(german, "daumen hoch")[0], "👍");
  assert.ok(found(german, "herz", 20).includes("❤️"));
  assert.ok(found(german, "grun", 20).length > 0, "without the dots of ü");
  assert.deepEqual(found(english, "zzzz"), []);
  assert.deepEqual(found(english, " "), []);
  assert.equal(found(english, "a", 3).length, 3);
});

test("an emoji has a name, whatever its tone and spelling", () => {
  assert.equal(english.name("👍🏽"), "thumbs up");
  assert.equal(english.name("❤"), "red heart");
  assert.equal(german.name("❤️"), "rotes Herz");
  assert.equal(english.name("x"), "x");
});

test("a name is completed after a colon that begins a word, not in a time or after a sentence", () => {
  assert.deepEqual(emojiBefore("hi :thu", 7), { start: 3, query: "thu" });
  assert.deepEqual(emojiBefore(":fröh", 5), { start: 0, query: "fröh" });
  assert.deepEqual(emojiBefore("(:+1", 4), { start: 1, query: "+1" });
  for (const text of ["10:30", "see: x", "a:bc", ":t", "https://a", ":thumbs up", ""])
    assert.equal(emojiBefore(text, text.length), null, text);
});

test("a skin tone is put on people and hands, and taken off again", () => {
  assert.deepEqual([withTone("👍", TONES[2]), withTone("👨‍💻", TONES[4]), withTone("🕵️‍♀️", TONES[0])], ["👍🏽", "👨🏿‍💻", "🕵🏻‍♀️"]);
  assert.equal(withTone("👍🏽", TONES[0]), "👍🏻");
  assert.equal(withTone("👍🏽", null), "👍");
  assert.equal(withTone("🎉", TONES[2]), "🎉");
});

test("a message of a few emoji is shown large, and nothing else is", () => {
  for (const text of ["👍", "👍🏽 ❤️\n🎉", "🇩🇪", FAMILY, "1️⃣", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"]) assert.ok(isEmojiOnly(text), text);
  for (const text of ["", " ", "1", "#", "42", "1 👍", "👍2", "©", "❤", "a👍", "👍.", "👍".repeat(9), "\u200d", "🇩"])
    assert.ok(!isEmojiOnly(text), text);
});

const FAMILY = "👨‍👩‍👧‍👦";

test("the file is loaded once, in English if there is none in the language, and again after a failure", async () => {
  const asked = [];
  const answer = (isOK) => async (address) => {
    asked.push(address.pathname.split("/").pop());
    return { ok: isOK, status: isOK ? 200 : 503, json: async () => read("en") };
  };
  await assert.rejects(loadEmoji("fr", answer(false)), /503/);
  const [one, other] = await Promise.all([loadEmoji("fr", answer(true)), loadEmoji("en", answer(true))]);
  assert.equal(one, other);
  assert.deepEqual(asked, ["en.json", "en.json"]);
});
