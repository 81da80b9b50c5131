// What counts as read and as previewed.

import assert from "node:assert/strict";
import { test } from "node:test";
import { readingWith, seqs } from "../support/reading.js";

test("a row is read after a second in sight, not before", async () => {
  const { clock, log, show } = readingWith();
  show(1, 5);
  await clock.advance(999);
  assert.deepEqual(log, []);
  await clock.advance(1);
  assert.deepEqual(log, [["read", "r", 5]]);
});

test("a row that leaves before the second is over is not read, and begins anew when it comes back", async () => {
  const { clock, log, show } = readingWith();
  show(1, 5);
  await clock.advance(900);
  show(1, 4);
  await clock.advance(50);
  show(1, 5);
  await clock.advance(50);
  assert.deepEqual(log, [["read", "r", 4]]);
  await clock.advance(949);
  assert.equal(log.length, 1);
  await clock.advance(1);
  assert.deepEqual(log.at(-1), ["read", "r", 5]);
});

test("scrolling does not restart the second of the rows that stay", async () => {
  const { clock, log, show } = readingWith();
  for (let lowest = 5; lowest < 15; lowest += 1) {
    show(1, lowest);
    await clock.advance(100);
  }
  assert.deepEqual(log, [["read", "r", 5]]);
  await clock.advance(100);
  assert.deepEqual(log.at(-1), ["read", "r", 6]);
});

test("nothing is read without attention, and a break begins the second anew", async () => {
  const { clock, log, reading, show } = readingWith();
  reading.setAttention(false);
  show(1, 5);
  await clock.advance(60_000);
  assert.deepEqual(log, []);
  reading.setAttention(true);
  await clock.advance(600);
  reading.setAttention(false);
  reading.setAttention(true);
  await clock.advance(999);
  assert.deepEqual(log, []);
  await clock.advance(1);
  assert.deepEqual(log, [["read", "r", 5]]);
});

test("a row below the lowest that can be read does not count", async () => {
  const { clock, log, reading, show } = readingWith();
  show(1, 5, 4);
  await clock.advance(5_000);
  assert.deepEqual(log, [["read", "r", 4]]);
  reading.setInSight("r", null, []);
  await clock.advance(5_000);
  assert.equal(log.length, 1);
});

test("the marker never jumps over messages that were not in sight", async () => {
  const { clock, log, show } = readingWith({ through: { r: 40 } });
  show(91, 110); // to the end, without those between
  await clock.advance(2_000);
  assert.deepEqual(log, []);
  show(41, 60);
  await clock.advance(1_000);
  assert.deepEqual(log, [["read", "r", 60]]);
  show(61, 90);
  await clock.advance(1_000);
  assert.deepEqual(log.at(-1), ["read", "r", 110], "those at the end were seen before");
});

test("the same seq in another room is another message", async () => {
  const { clock, log, reading, show } = readingWith();
  show(1, 5);
  await clock.advance(900);
  reading.setInSight("other", 5, seqs(1, 5));
  await clock.advance(900);
  assert.deepEqual(log, []);
  await clock.advance(100);
  assert.deepEqual(log, [["read", "other", 5]]);
});

test("a room that the user has marked as unread stays so until they come back to it", async () => {
  const { clock, log, reading, marker, show } = readingWith({ through: { r: 5 } });
  show(1, 5);
  await clock.advance(1_000);
  marker.read.set("r", 2); // marked as unread from 3 on
  reading.hold("r");
  show(1, 5);
  await clock.advance(5_000);
  assert.deepEqual(log, []);
  reading.setInSight(null);
  show(1, 5);
  await clock.advance(1_000);
  assert.deepEqual(log, [["read", "r", 5]]);
});

test("the row of the list has previewed a message after a second with attention; a notification at once", async () => {
  const { clock, log, reading } = readingWith({ through: { a: 6, b: 2 } });
  const show = (...rows) => reading.setPreviewsInSight(rows, "list");
  reading.setAttention(false);
  show(["a", 7], ["b", 3]);
  await clock.advance(5_000);
  assert.deepEqual(log, []);
  reading.setAttention(true);
  await clock.advance(999);
  show(["a", 8], ["b", 3]); // 7 was there too short
  await clock.advance(1);
  assert.deepEqual(log, [["previewed", "b", 3]]);
  await clock.advance(5_000);
  assert.equal(log.length, 1, "the marker does not jump over 7");
  reading.setAttention(false);
  reading.previewed("a", 7);
  assert.deepEqual(log.at(-1), ["previewed", "a", 8]);
});

test("what one part of the page shows stays in sight when another one changes", async () => {
  const { clock, log, reading } = readingWith({ through: { a: 6, b: 2 } });
  const [list, card] = [{}, {}];
  reading.setPreviewsInSight([["a", 7]], list);
  await clock.advance(500);
  reading.setPreviewsInSight([["b", 3]], card);
  await clock.advance(500);
  assert.deepEqual(log, [["previewed", "a", 7]]);
  reading.setPreviewsInSight([], list);
  await clock.advance(500);
  assert.deepEqual(log.at(-1), ["previewed", "b", 3]);
});
