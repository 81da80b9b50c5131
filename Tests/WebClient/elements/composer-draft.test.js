// What the composer does to a draft: no step throws words away, with the real drafts on a database in memory.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as draft from "../../../nginx/html/elements/composer-draft.js";
import { TypingSender } from "../../../nginx/html/elements/composer-typing.js";
import { recentEmoji, rememberEmoji } from "../../../nginx/html/elements/emoji-recent.js";
import { Drafts } from "../../../nginx/html/state/drafts.js";
import { MemoryDatabase } from "../../../nginx/html/state/memory-database.js";
import { fakeEnvironment } from "../support/environment.js";

const ROOM = "lobby";
const messages = [
  { room_id: ROOM, seq: 1, user_id: "me", content: "first of mine", attachments: [], deleted: false },
  { room_id: ROOM, seq: 2, user_id: "me", content: "second of mine", attachments: [], deleted: false },
  { room_id: ROOM, seq: 3, user_id: "bob", content: "of Bob", attachments: [], deleted: false },
  { room_id: ROOM, seq: 4, user_id: "me", content: null, attachments: [], deleted: true },
];

function makeContext() {
  const environment = fakeEnvironment();
  const connection = Object.assign(new EventTarget(), { isOnline: false });
  const timeline = { get: (seq) => messages[seq - 1], [Symbol.iterator]: () => messages[Symbol.iterator]() };
  const store = { me: { user_id: "me" }, timeline: () => timeline };
  const drafts = new Drafts({ database: new MemoryDatabase(), api: {}, connection, store, changes: { tell() {} }, environment });
  const edits = [];
  const actions = { edit: async (message, content) => void edits.push([message.seq, content]) };
  return { drafts, store, actions, edits, texts: { t: (key, parameters) => [key, ...Object.values(parameters ?? {})].join(" ") } };
}

test("an edit keeps the words that were under way, and the words of the edit are kept as well", () => {
  const context = makeContext();
  assert.equal(draft.write(context, ROOM, "half a sentence"), true);
  draft.edit(context, ROOM, messages[0]);
  assert.equal(draft.textOf(context.drafts.get(ROOM)), "first of mine");
  assert.equal(draft.write(context, ROOM, "first of mine, better"), false);
  draft.edit(context, ROOM, messages[0]); // again: it goes on
  assert.equal(draft.textOf(context.drafts.get(ROOM)), "first of mine, better");
  draft.dismiss(context, ROOM, "edit");
  assert.equal(draft.textOf(context.drafts.get(ROOM)), "half a sentence");
});

test("the last own message that still stands is edited, not Bob's and not the deleted one", () => {
  const context = makeContext();
  assert.equal(draft.editLast(context, ROOM), true);
  assert.equal(context.drafts.get(ROOM).edit.seq, 2);
  context.store.timeline = () => [messages[2]];
  assert.equal(draft.editLast(context, ROOM), false);
});

test("a reply ends an edit without changes, and waits for the end of another", () => {
  const context = makeContext();
  draft.edit(context, ROOM, messages[0]);
  draft.reply(context, ROOM, messages[2]);
  assert.deepEqual(context.drafts.get(ROOM), { content: "", reply_to: 3, edit: null });
  draft.edit(context, ROOM, messages[0]);
  draft.write(context, ROOM, "changed");
  draft.reply(context, ROOM, messages[1]);
  assert.deepEqual(context.drafts.get(ROOM), { content: "", reply_to: 2, edit: { seq: 1, content: "changed" } });
});

test("Escape puts away the edit first, then the reply, and then nothing", () => {
  const context = makeContext();
  draft.reply(context, ROOM, messages[2]);
  draft.edit(context, ROOM, messages[0]);
  assert.equal(draft.putAway(context, ROOM), true);
  assert.deepEqual(context.drafts.get(ROOM), { content: "", reply_to: 3, edit: null });
  assert.equal(draft.putAway(context, ROOM), true);
  assert.equal(context.drafts.get(ROOM).reply_to, null);
  assert.equal(draft.putAway(context, ROOM), false);
});

test("an edit is stored and gone; without changes the server is not asked", async () => {
  const context = makeContext();
  draft.edit(context, ROOM, messages[0]);
  assert.equal(await draft.saveEdit(context, ROOM, "first of mine"), "");
  assert.deepEqual(context.edits, []);
  assert.equal(context.drafts.get(ROOM).edit, null);
  draft.edit(context, ROOM, messages[0]);
  draft.write(context, ROOM, "better ");
  assert.equal(await draft.saveEdit(context, ROOM, "better"), "");
  assert.deepEqual(context.edits, [[1, "better"]]);
  assert.equal(context.drafts.get(ROOM).edit, null);
});

test("an edit that is not stored stays, and so does what is written while it is stored", async () => {
  const context = makeContext();
  draft.edit(context, ROOM, messages[0]);
  draft.write(context, ROOM, "better");
  context.actions.edit = async () => {
    throw { code: "network", status: 0, message: "x" };
  };
  assert.match(await draft.saveEdit(context, ROOM, "better"), /^editor\.not_saved /);
  assert.deepEqual(context.drafts.get(ROOM).edit, { seq: 1, content: "better" });
  context.actions.edit = async () => void draft.write(context, ROOM, "better still");
  assert.equal(await draft.saveEdit(context, ROOM, "better"), "");
  assert.deepEqual(context.drafts.get(ROOM).edit, { seq: 1, content: "better still" });
});

test("an edit of a message that is not shown any more can still be stored", async () => {
  const context = makeContext();
  draft.edit(context, ROOM, messages[0]);
  draft.write(context, ROOM, "better");
  context.store.timeline = () => ({ get: () => undefined });
  await draft.saveEdit(context, ROOM, "better");
  assert.deepEqual(context.edits, [[1, "better"]]);
});

test("typing is told at most every three seconds, at once in another room and after sending, and never of a text that shrinks", async () => {
  const { clock } = fakeEnvironment();
  const sent = [];
  const typing = new TypingSender({ connection: { send: (event, data) => sent.push([event, data.room_id, clock.now()]) }, clock });
  const start = clock.now();
  const type = async (roomId, text, ms = 0) => {
    await clock.advance(ms);
    typing.changed(roomId, text);
  };
  await type("lobby", " ");
  await type("lobby", "a");
  await type("lobby", "ab", 2_999);
  await type("lobby", "abc", 1);
  await type("lobby", "ab", 4_000);
  await type("lobby", "a", 4_000);
  await type("den", "a");
  await type("den", "");
  await type("den", "b");
  typing.over();
  await type("den", "c");
  assert.deepEqual(
    sent.map(([event, roomId, at]) => [event, roomId, at - start]),
    [
      ["typing", "lobby", 0],
      ["typing", "lobby", 3_000],
      ["typing", "den", 11_000],
      ["typing", "den", 11_000],
    ],
  );
});

test("the emoji that was taken last comes first, and all of them fit into a setting", () => {
  let value = "";
  const settings = { get: () => value, set: (_, next) => (value = next) };
  assert.equal(recentEmoji(settings)[0], "👍");
  rememberEmoji(settings, "🚀");
  rememberEmoji(settings, "👍");
  assert.deepEqual(recentEmoji(settings).slice(0, 3), ["👍", "🚀", "❤️"]);
  const family = "👩🏽‍👩🏽‍👧🏽‍👦🏽";
  for (let number = 0; number < 30; number += 1) rememberEmoji(settings, `${family}${number}`);
  assert.ok(value.length <= 200, `${value.length}`);
  assert.equal(recentEmoji(settings)[0], `${family}29`);
});
