// Pages that come late, empty, stale or by twos.

import assert from "node:assert/strict";
import { test } from "node:test";
import { message, page, range, timelineOf } from "../support/timeline.js";

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

test("a room that ends earlier than it was said to is not asked for more without end", async () => {
  const timeline = timelineOf(1, 5, 9);
  await timeline.mergeFetched(async () => page(6, 5), "after");
  assert.equal(timeline.hasAfter, false);
});

test("an empty page says nothing about a window that has moved, nor about messages that came meanwhile", async () => {
  const timeline = timelineOf(301, 400, 500);
  const empty = { messages: [], has_before: false, has_after: false };
  const moved = await timeline.mergeFetched(async () => {
    timeline.merge(page(101, 150, 500), "around");
    return empty;
  }, "before");
  assert.deepEqual([moved, timeline.hasBefore], [false, true]);
  await timeline.mergeFetched(async () => {
    timeline.insert(message(501));
    return empty;
  }, "after");
  assert.equal(timeline.newest, 501);
});

test("of two pages on their way, the later one as well gets what happened meanwhile", async () => {
  const timeline = timelineOf(101, 110);
  let answer = () => {};
  const old = page(91, 100, 110);
  const late = timeline.mergeFetched(() => new Promise((resolve) => (answer = () => resolve(old))), "before");
  timeline.delete(95);
  await timeline.mergeFetched(async () => page(105, 110), "after");
  answer();
  await late;
  assert.equal(timeline.get(95).deleted, true);
});

test("a page within says whether there is more before it", async () => {
  const timeline = timelineOf(10, 20);
  await timeline.mergeFetched(async () => ({ ...page(10, 20), has_before: false }), "within");
  assert.equal(timeline.hasBefore, false);
});
