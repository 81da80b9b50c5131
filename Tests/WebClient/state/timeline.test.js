// The window of a room's messages, step by step.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Timeline, WINDOW_MAX } from "../../../nginx/html/state/timeline.js";

const message = (seq, more = {}) => ({
  room_id: "r",
  seq,
  user_id: "alice",
  username: "alice",
  display_name: "Alice",
  content: `words ${seq}`,
  client_id: null,
  reply_to: null,
  attachments: [],
  mentions: [],
  reactions: {},
  created_at: "2026-01-05T09:00:00.000Z",
  edited_at: null,
  deleted: false,
  ...more,
});

const page = (from, to, newest = to) => ({
  messages: Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => message(from + index)),
  has_before: from > 1,
  has_after: to < newest,
});

function timelineOf(from, to, newest = to) {
  const timeline = new Timeline();
  timeline.merge(page(from, to, newest), "around");
  return timeline;
}

const range = (timeline) => [timeline.first, timeline.last];

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

test("who follows the end sees the newest; the oldest rows go", () => {
  const timeline = timelineOf(1, WINDOW_MAX);
  assert.equal(timeline.insert(message(WINDOW_MAX + 1)), "added");
  assert.deepEqual(range(timeline), [2, WINDOW_MAX + 1]);
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
  assert.deepEqual([...timeline].map(({ seq }) => seq).slice(0, 2), [200, 201]);
});

test("a page within brings newer versions, but no further messages", async () => {
  const timeline = timelineOf(10, 20);
  const fresh = page(5, 20);
  for (const each of fresh.messages) each.content = "fresh";
  assert.equal(await timeline.mergeFetched(async () => fresh, "within"), true);
  assert.deepEqual(range(timeline), [10, 20]);
  assert.ok([...timeline].every(({ content }) => content === "fresh"));
});

test("a page of the cache does not undo what is known", () => {
  const timeline = timelineOf(1, 3);
  timeline.setReaction(2, "👍", "bob", true);
  timeline.merge(page(1, 3), "around", true);
  assert.deepEqual(timeline.get(2).reactions, { "👍": ["bob"] });
});

test("a page that was requested before an edit, a deletion and a reaction does not undo them", async () => {
  const timeline = timelineOf(11, 20);
  await timeline.mergeFetched(async () => {
    const old = page(1, 20);
    timeline.edit(message(3, { content: "new", edited_at: "2026-01-05T09:00:01.000Z" }));
    timeline.setReaction(3, "👍", "bob", true);
    timeline.delete(4);
    timeline.setReaction(15, "👍", "bob", true);
    return old;
  }, "before");
  assert.deepEqual([timeline.get(3).content, timeline.get(3).reactions], ["new", { "👍": ["bob"] }]);
  assert.deepEqual([timeline.get(4).deleted, timeline.get(4).content], [true, ""]);
  assert.deepEqual(timeline.get(15).reactions, { "👍": ["bob"] });
});

test("a page that was requested before the window was emptied is dropped", async () => {
  const timeline = timelineOf(11, 20);
  const isMerged = await timeline.mergeFetched(async () => {
    timeline.clear();
    return page(1, 10, 20);
  }, "before");
  assert.deepEqual([isMerged, timeline.loaded, timeline.size], [false, false, 0]);
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

test("a room that ends earlier than it was said to is not asked for more without end", async () => {
  const timeline = timelineOf(1, 5, 9);
  await timeline.mergeFetched(async () => page(6, 5), "after");
  assert.equal(timeline.hasAfter, false);
});

test("replace begins anew with a page", () => {
  const timeline = timelineOf(301, 400);
  timeline.replace(page(350, 360, 400));
  assert.deepEqual(range(timeline), [350, 360]);
});
