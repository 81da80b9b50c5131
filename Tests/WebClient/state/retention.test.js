// Messages that have expired leave the page, the counts and the cache, whatever was read of them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { settle } from "../support/clock.js";
import { holdAnswers } from "../support/history.js";
import { makeWorld, startClient } from "../support/world.js";

const tea = (messages = 10) =>
  makeWorld({
    prepare: async (server, clock) => {
      server.addRoom("tea", ["me", "alice"]);
      await clock.advance(1_000);
      for (let seq = 1; seq <= messages; seq += 1) server.post("tea", "alice");
      server.take();
    },
  });

const roomOf = (store) => store.rooms.get("tea");

test("expired messages leave the window, and nothing is before the rest", async () => {
  const { server, store, history, seqs, deliver } = await tea();
  await history.open("tea");
  server.expire("tea", 8);
  deliver();
  assert.deepEqual(seqs("tea"), [8, 9, 10]);
  assert.equal(store.timeline("tea").hasBefore, false);
  assert.equal(store.unreadCount(roomOf(store)), 3);
  assert.equal(store.firstUnread(roomOf(store)), 8);
  assert.equal(roomOf(store).last_message.seq, 10);
});

test("a room of which all has expired goes on with its next message", async () => {
  const { server, store, history, seqs, deliver } = await tea();
  await history.open("tea");
  server.expire("tea", 11);
  deliver();
  assert.deepEqual([seqs("tea"), store.unreadCount(roomOf(store)), roomOf(store).last_message], [[], 0, null]);
  server.post("tea", "alice");
  deliver();
  assert.deepEqual([seqs("tea"), store.unreadCount(roomOf(store)), store.timeline("tea").isAtNewest], [[11], 1, true]);
});

test("a page that was read before the messages expired and comes after brings back none of them", async () => {
  const { server, store, history, seqs, deliver } = await tea(120);
  await history.open("tea", { at: "newest" });
  const answers = holdAnswers(server);
  const older = history.loadOlder("tea"); // 21 to 70
  await settle();
  server.expire("tea", 51);
  deliver();
  await answers.answer();
  await older;
  assert.deepEqual([seqs("tea")[0], seqs("tea").length, store.timeline("tea").hasBefore], [51, 70, false]);
});

test("a page of which all has expired meanwhile says that nothing is before the rest", async () => {
  const { server, store, history, seqs, deliver } = await tea(60);
  await history.open("tea", { at: "newest" });
  const answers = holdAnswers(server);
  const older = history.loadOlder("tea"); // 1 to 10
  await settle();
  server.expire("tea", 11);
  deliver();
  await answers.answer();
  await older;
  assert.deepEqual([seqs("tea")[0], seqs("tea").length, store.timeline("tea").hasBefore], [11, 50, false]);
});

test("a room of which all expires while it is being opened is empty, and goes on with its next message", async () => {
  const { server, store, history, seqs, deliver } = await tea();
  const answers = holdAnswers(server);
  const opened = history.open("tea");
  await settle();
  server.expire("tea", 11);
  deliver();
  await answers.answer();
  await opened;
  assert.deepEqual([seqs("tea"), store.timeline("tea").hasBefore, store.timeline("tea").isAtNewest], [[], false, true]);
  server.post("tea", "alice");
  deliver();
  assert.deepEqual([seqs("tea"), store.timeline("tea").isAtNewest], [[11], true]);
});

test("a room of which all had expired before it was opened goes on with its next message", async () => {
  const { server, store, history, seqs, deliver } = await tea();
  server.expire("tea", 11);
  deliver();
  await history.open("tea");
  assert.deepEqual([seqs("tea"), store.timeline("tea").isAtNewest], [[], true]);
  server.post("tea", "alice");
  deliver();
  assert.deepEqual(seqs("tea"), [11]);
});

test("what is left is read: the expired messages are not waited for", async () => {
  const { server, store, history, reading, clock, deliver } = await tea();
  await history.open("tea");
  server.expire("tea", 8);
  deliver();
  reading.setAttention(true);
  reading.setInSight("tea", 10, [8, 9, 10]);
  await clock.advance(1_500);
  assert.equal(store.unreadCount(roomOf(store)), 0);
  assert.equal(roomOf(store).me.read_seq, 10);
});

test("a count that deleted messages leave unsure is asked for", async () => {
  const { server, store, clock, deliver } = await tea();
  for (const seq of [2, 3, 9]) server.delete("tea", seq);
  server.take();
  store.load(server.sync()); // three of ten are deleted, which of them is not said
  assert.equal(store.unreadCount(roomOf(store)), 7);
  server.expire("tea", 8);
  deliver();
  await clock.advance(10);
  assert.equal(store.unreadCount(roomOf(store)), 2);
  const again = startClient({ server, clock }).store;
  assert.equal(again.unreadCount(roomOf(again)), 2, "as the server counts");
});
