// What a row of the sidebar says of a room.

import assert from "node:assert/strict";
import { test } from "node:test";
import { needsReading, summaryOf } from "../../../nginx/html/elements/room-summary.js";
import { loadTexts } from "../../../nginx/html/parts/texts.js";
import { Changes } from "../../../nginx/html/state/changes.js";
import { Settings } from "../../../nginx/html/state/settings.js";
import { Store } from "../../../nginx/html/state/store.js";
import { FakeClock } from "../support/clock.js";
import { makeSidebar, room } from "../support/sidebar.js";

const state = { Changes, Settings, Store };
const texts = await loadTexts({ language: "en", locale: "en-GB" });
const sidebar = (...rooms) => makeSidebar({ state, rooms, texts, clock: new FakeClock() });
const of = (context, roomId) => summaryOf(context.store.rooms.get(roomId), context);

test("a room says who has written what last, and how much of it is new", () => {
  const context = sidebar(room("tea", { messages: 5, read: 2, content: "Who\n  brings   cake?" }));
  const summary = of(context, "tea");
  assert.equal(summary.preview, "Alice: Who brings cake?");
  assert.equal(summary.count, "3");
  assert.equal(summary.previewSeq, 5);
  assert.ok(summary.needsReading);
  context.post("tea", "me", "I do");
  assert.equal(of(context, "tea").preview, "You: I do");
  assert.equal(of(context, "tea").previewSeq, null, "nobody previews their own words");
});

test("a direct room has the name of the other user, and no name before the words", () => {
  const context = sidebar(room("d", { kind: "direct", other: "bob", messages: 1, read: 0, content: "Hello" }));
  context.store.setPresence("bob", { state: "active" });
  const { name, preview, presence, userId } = of(context, "d");
  assert.deepEqual({ name, preview, presence, userId }, { name: "Bob", preview: "Hello", presence: "active", userId: "bob" });
});

test("a direct room whose other user is gone still has a name", () => {
  const context = sidebar({ ...room("d", { kind: "direct" }), with: null });
  assert.equal(of(context, "d").name, "Deleted user");
  assert.equal(of(context, "d").preview, "No messages yet");
});

test("a draft stands before the last message, which then is not previewed", () => {
  const context = sidebar(room("tea", { messages: 1, read: 0 }));
  context.drafts.set("tea", { content: "I was about to\nsay", reply_to: null, edit: null });
  const { preview, draft, previewSeq } = of(context, "tea");
  assert.deepEqual({ preview, draft, previewSeq }, { preview: "Draft: I was about to say", draft: "I was about to say", previewSeq: null });
  context.drafts.set("tea", { content: "", reply_to: null, edit: { seq: 1, content: "rewritten" } });
  assert.equal(of(context, "tea").draft, "Edit message", "an edit that is under way is something unsent as well");
});

test("a message that failed is said, one that waits is not", () => {
  const context = sidebar(room("tea"));
  context.outbox.set("tea", [{ state: "pending" }]);
  assert.equal(of(context, "tea").hasFailed, false);
  context.outbox.set("tea", [{ state: "pending" }, { state: "failed" }]);
  assert.equal(of(context, "tea").hasFailed, true);
});

test("of a message that is longer than the preview, only the beginning was seen", () => {
  const context = sidebar(
    room("long", { messages: 1, read: 0, content: "x".repeat(121) }),
    room("files", { messages: 1, read: 0, content: "" }),
  );
  assert.equal(of(context, "long").previewSeq, null);
  context.post("files", "bob", "look", { attachments: [{ name: "a.png" }] });
  assert.equal(of(context, "files").previewSeq, null, "the picture was not seen");
});

test("a muted room does not need to be read, and one marked as unread does", () => {
  const until = new Date(new FakeClock().now() + 60_000).toISOString();
  const context = sidebar(
    room("none", { messages: 3, read: 1, notify: "none" }),
    room("muted", { messages: 3, read: 1, muted_until: until }),
    room("marked", { messages: 3, marked_unread_seq: 3 }),
    room("quiet", { messages: 3, read: 1, notify: "mentions" }),
  );
  const needs = (roomId) => needsReading(context.store.rooms.get(roomId), context.store);
  assert.deepEqual(["none", "muted", "marked", "quiet"].map(needs), [false, false, true, false]);
  assert.deepEqual(
    ["none", "muted", "marked", "quiet"].map((roomId) => of(context, roomId).isMuted),
    [true, true, false, false],
  );
  assert.equal(of(context, "marked").count, "", "what is marked has no number");
  assert.equal(of(context, "none").count, "2");
});

test("a mute ends with its time", async () => {
  const clock = new FakeClock();
  const until = new Date(clock.now() + 60_000).toISOString();
  const context = makeSidebar({ state, rooms: [room("tea", { messages: 3, read: 1, muted_until: until })], texts, clock });
  assert.ok(of(context, "tea").isMuted);
  await clock.advance(60_001);
  assert.ok(!of(context, "tea").isMuted);
  assert.ok(of(context, "tea").needsReading);
});

test("counts end somewhere", () => {
  const context = sidebar(room("tea", { messages: 5_000, read: 0 }));
  assert.equal(of(context, "tea").count, "999+");
});
