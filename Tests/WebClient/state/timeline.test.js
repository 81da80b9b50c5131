// The window of a room's messages, step by step.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DROPPED_AT_ONCE, Timeline, WINDOW_MAX } from "../../../nginx/html/state/timeline.js";
import { message, page, range, timelineOf } from "../support/timeline.js";

test("an empty room has neither before nor after, and takes its first message", () => {
  const timeline = new Timeline();
  assert.equal(timeline.loaded, false);
  timeline.merge(page(1, 0), "around");
  assert.deepEqual([timeline.loaded, timeline.hasBefore, timeline.hasAfter, timeline.isAtNewest], [true, false, false, true]);
  assert.equal(timeline.insert(message(1)), "added");
  assert.equal(timeline.insert(message(1)), "known");
  assert.deepEqual(range(timeline), [1, 1]);
});

test("a message is outside before anything is loaded, and a gap if others are missing at the end", () => {
  const timeline = new Timeline();
  assert.equal(timeline.insert(message(9)), "outside");
  timeline.merge(page(1, 5, 9), "around");
  assert.equal(timeline.hasAfter, true);
  timeline.merge(page(6, 9), "after");
  assert.equal(timeline.isAtNewest, true);
  assert.equal(timeline.insert(message(11)), "gap");
  assert.equal(timeline.hasAfter, true);
  assert.equal(timeline.insert(message(12)), "outside", "the gap is being filled");
  assert.equal(timeline.insert(message(10)), "added");
  assert.deepEqual(range(timeline), [1, 10]);
});

test("who follows the end sees the newest; the oldest rows go, many at once", () => {
  const timeline = timelineOf(1, WINDOW_MAX);
  assert.equal(timeline.insert(message(WINDOW_MAX + 1)), "added");
  assert.deepEqual(range(timeline), [DROPPED_AT_ONCE + 2, WINDOW_MAX + 1]);
  assert.equal(timeline.hasBefore, true);
  assert.equal(timeline.get(1), undefined);
});

test("who reads further up keeps the rows; the window ends before what is new", () => {
  const timeline = timelineOf(1, WINDOW_MAX - 1);
  timeline.isFollowing = false;
  assert.equal(timeline.insert(message(WINDOW_MAX)), "added");
  assert.equal(timeline.insert(message(WINDOW_MAX + 1)), "outside");
  assert.equal(timeline.insert(message(WINDOW_MAX + 5)), "outside", "no gap is filled that nobody looks at");
  assert.deepEqual(range(timeline), [1, WINDOW_MAX]);
  assert.equal(timeline.hasAfter, true);
});

test("a gap is not filled for who reads further up", () => {
  const timeline = timelineOf(1, 10);
  timeline.isFollowing = false;
  assert.equal(timeline.insert(message(15)), "outside");
  assert.equal(timeline.hasAfter, true);
});

test("older pages push out the newest rows, newer pages the oldest", () => {
  const timeline = timelineOf(301, 600);
  assert.equal(timeline.merge(page(251, 300, 600), "before"), true);
  assert.deepEqual(range(timeline), [251, 550]);
  assert.equal(timeline.hasAfter, true);
  assert.equal(timeline.merge(page(551, 600), "after"), true);
  assert.deepEqual(range(timeline), [301, 600]);
  assert.deepEqual([timeline.hasBefore, timeline.hasAfter, timeline.size], [true, false, WINDOW_MAX]);
});

test("a page before or after that does not touch any more is refused; one around replaces the window", () => {
  const timeline = timelineOf(301, 400);
  assert.equal(timeline.merge(page(200, 250, 400), "before"), false);
  assert.deepEqual(range(timeline), [301, 400]);
  assert.equal(timeline.merge(page(200, 250, 400), "around"), true);
  assert.deepEqual(range(timeline), [200, 250]);
  assert.deepEqual([timeline.hasBefore, timeline.hasAfter], [true, true]);
  assert.equal(timeline.get(301), undefined);
  assert.deepEqual([...timeline].map(({ seq }) => seq).slice(0, 2), [200, 201]);
});

test("an edit keeps the reactions, an older edit changes nothing, a deleted message stays deleted", () => {
  const timeline = timelineOf(1, 2);
  timeline.setReaction(1, "👍", "bob", true);
  timeline.edit(message(1, { content: "second", edited_at: "2026-01-05T09:00:02.000Z" }));
  timeline.edit(message(1, { content: "first", edited_at: "2026-01-05T09:00:01.000Z" }));
  assert.deepEqual([timeline.get(1).content, timeline.get(1).reactions], ["second", { "👍": ["bob"] }]);
  timeline.delete(2);
  timeline.edit(message(2, { content: "late", edited_at: "2026-01-05T09:00:02.000Z" }));
  timeline.setReaction(2, "👍", "bob", true);
  timeline.merge(page(1, 2), "around");
  assert.deepEqual([timeline.get(2).deleted, timeline.get(2).content, timeline.get(2).reactions], [true, "", {}]);
  assert.equal(timeline.delete(3), false, "not in the window");
});

test("a page says whether there is more after it", () => {
  assert.equal(timelineOf(1, 5, 9).hasAfter, true);
  assert.equal(timelineOf(1, 5).hasAfter, false);
});

test("replace begins anew with a page", () => {
  const timeline = timelineOf(301, 400);
  timeline.clear();
  timeline.merge(page(350, 360, 400), "around");
  assert.deepEqual(range(timeline), [350, 360]);
});
