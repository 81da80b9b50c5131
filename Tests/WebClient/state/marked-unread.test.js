// A mark as unread reaches the server, and ends when the user reads on or posts, on whichever device; the server has no event for that.

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

// ---- sending ----

test("a mark as unread reaches the server and leaves the markers; reading takes it back, even if no marker moves", async () => {
  const { server, marks, clock, store, deliver } = await tea();
  marks.readAll("tea");
  await clock.advance(BURST_MS);
  marks.markUnread("tea", 4);
  assert.equal(store.firstUnread(store.rooms.get("tea")), 4);
  await clock.advance(BURST_MS);
  deliver();
  assert.deepEqual([server.rooms.get("tea").markedUnread, store.serverMarks("tea").read_seq], [4, 5]);
  marks.read("tea", 3);
  await clock.advance(BURST_MS);
  assert.equal(server.rooms.get("tea").markedUnread, 4, "3 is not what was marked");
  marks.read("tea", 5);
  assert.equal(store.firstUnread(store.rooms.get("tea")), null);
  await clock.advance(BURST_MS);
  deliver();
  assert.equal(server.rooms.get("tea").markedUnread, null);
  assert.equal(store.firstUnread(store.rooms.get("tea")), null);
});

test("a mark as unread that does not arrive is sent again; of two, the last counts", async () => {
  const { server, marks, clock } = await tea();
  await marks.flush();
  server.isDown = true;
  marks.markUnread("tea", 2);
  marks.markUnread("tea", 3);
  await clock.advance(BURST_MS);
  server.isDown = false;
  await clock.advance(3_000);
  assert.equal(server.rooms.get("tea").markedUnread, 3);
  await clock.advance(60_000);
  const sent = server.requests.filter(([name]) => name === "markUnread").map(([, seq]) => seq);
  assert.deepEqual(sent, [3, 3, 3]);
});

test("a mark as unread that changes while it is being sent is sent again", async () => {
  const { server, marks, clock } = await tea();
  const { markUnread } = server.api;
  server.api.markUnread = async (roomId, seq) => {
    server.api.markUnread = markUnread;
    marks.markUnread("tea", 3);
    return markUnread(roomId, seq);
  };
  marks.markUnread("tea", 2);
  await clock.advance(2 * BURST_MS);
  assert.equal(server.rooms.get("tea").markedUnread, 3);
});

test("what was read while other rooms were being sent reaches the server before the mark as unread", async () => {
  const world = await tea();
  const { server, marks, clock } = world;
  const { command } = server.connection;
  server.connection.command = async (event, data) => {
    const reply = await command(event, data);
    server.connection.command = command;
    marks.read("tea", 5); // the loop has been at this room
    marks.markUnread("tea", 4);
    return reply;
  };
  marks.read("tea", 1);
  await clock.advance(BURST_MS);
  assert.equal(server.rooms.get("tea").markedUnread, 4);
  await clock.advance(10 * BURST_MS);
  assert.deepEqual(marked(world), [4, 4]);
});
