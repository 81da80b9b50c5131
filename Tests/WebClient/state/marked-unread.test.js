// A mark as unread ends when the user reads on or posts, on whichever device; the server has no event for that.

import assert from "node:assert/strict";
import { test } from "node:test";
import { makeWorld } from "../support/world.js";

const BURST_MS = 400;

const tea = () =>
  makeWorld({
    prepare: async (server, clock) => {
      server.addRoom("tea", ["me", "alice"]);
      await clock.advance(1_000);
      for (let seq = 1; seq <= 5; seq += 1) server.post("tea", "alice");
      server.take();
    },
  });

const marked = ({ server, store }) => [server.rooms.get("tea").markedUnread, store.rooms.get("tea").me.marked_unread_seq];

test("another device reads on", async () => {
  const world = await tea();
  const { server, marks, clock, deliver } = world;
  marks.read("tea", 3);
  await clock.advance(BURST_MS);
  marks.markUnread("tea", 2);
  await clock.advance(BURST_MS);
  deliver();
  assert.deepEqual(marked(world), [2, 2]);
  server.mark("tea", "me", { read_seq: 4 });
  deliver();
  assert.deepEqual(marked(world), [null, null]);
});

test("another device reads no further than this one has read without having told it", async () => {
  const world = await tea();
  const { server, store, deliver } = world;
  store.advanceOwnMarks("tea", { read_seq: 5 });
  await server.api.markUnread("tea", 3);
  deliver();
  assert.deepEqual(marked(world), [3, 3]);
  server.mark("tea", "me", { read_seq: 4 });
  deliver();
  assert.deepEqual(marked(world), [null, null]);
});

test("another device posts", async () => {
  const world = await tea();
  const { server, marks, clock, deliver } = world;
  marks.markUnread("tea", 2);
  await clock.advance(BURST_MS);
  deliver();
  server.post("tea", "me");
  deliver();
  assert.deepEqual(marked(world), [null, null]);
});

test("what was read before the mark was made does not end it, though the server learns of both at once", async () => {
  const world = await tea();
  const { marks, clock, deliver } = world;
  marks.read("tea", 5);
  marks.markUnread("tea", 4);
  await clock.advance(BURST_MS);
  assert.deepEqual(marked(world), [4, 4]);
  deliver();
  assert.deepEqual(marked(world), [4, 4]);
});

test("a mark that ends before it was sent is not sent", async () => {
  const world = await tea();
  const { server, marks, clock, deliver } = world;
  marks.markUnread("tea", 2);
  server.post("tea", "me");
  deliver();
  await clock.advance(2 * BURST_MS);
  deliver();
  assert.deepEqual(marked(world), [null, null]);
});
