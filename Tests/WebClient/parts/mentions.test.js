// Mentions: the same cases as the server's, and the name that is being written.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { findMentions, mentionBefore } from "../../../nginx/html/parts/mentions.js";

const { members, cases } = JSON.parse(readFileSync(new URL("../../mention_cases.json", import.meta.url), "utf8"));

test("a message mentions whom the server says it mentions", () => {
  assert.ok(cases.length > 100);
  for (const { text, mentions } of cases) {
    const names = findMentions(text, members).map(({ start, end }) => text.slice(start + 1, end).toLowerCase());
    assert.deepEqual([...new Set(names)].sort(), [...mentions].sort(), JSON.stringify(text));
  }
});

test("a name is completed after an @ that begins a word", () => {
  assert.deepEqual(mentionBefore("hello @bo", 9), { start: 6, query: "bo" });
  assert.deepEqual(mentionBefore("@", 1), { start: 0, query: "" });
  assert.deepEqual(mentionBefore("(@bob and", 5), { start: 1, query: "bob" });
  assert.deepEqual(mentionBefore("_@bo", 4), { start: 1, query: "bo" });
  assert.deepEqual(mentionBefore("你好@bo", 5), { start: 2, query: "bo" });
});

test("a mail address, a finished word and a name longer than any are not completed", () => {
  for (const text of ["mail@bo", "x_@bo", "a+@bo", "@bob ", "bob", "", `@${"a".repeat(33)}`])
    assert.equal(mentionBefore(text, text.length), null, text);
});
