// The user's markers reach the server in bursts and are not lost.

import assert from "node:assert/strict";
import { test } from "node:test";
import { settle } from "../support/clock.js";
import { makeWorld, startClient } from "../support/world.js";

const BURST_MS = 400;

const tea = (messages = 5) =>
  makeWorld({
    prepare: async (server, clock) => {
      server.addRoom("tea", ["me", "alice", "bob"]);
      await clock.advance(1_000);
      for (let seq = 1; seq <= messages; seq += 1) server.post("tea", "alice");
      server.take();
    },
  });

const marksSent = ({ requests }) => requests.filter(([name]) => name === "mark").map(([, data]) => data);
const mine = ({ rooms }) => rooms.get("tea").members.get("me").marks;

test("a message that has arrived is delivered: one command for a burst", async () => {
  const { server, changes, clock, deliver } = await tea(0);
  for (let count = 0; count < 5; count += 1) {
    server.post("tea", "alice");
    deliver();
    changes.flush();
    await clock.advance(10);
  }
  assert.deepEqual(marksSent(server), []);
  await clock.advance(BURST_MS);
  assert.deepEqual(marksSent(server), [{ delivered_seq: 5 }]);
  changes.flush();
  await clock.advance(60_000);
  assert.equal(marksSent(server).length, 1);
});

test("what one marker implies of another is not sent", async () => {
  const { server, marks, clock } = await tea();
  marks.previewed("tea", 3);
  await clock.advance(BURST_MS);
  marks.read("tea", 4);
  await clock.advance(BURST_MS);
  marks.previewed("tea", 4);
  marks.read("tea", 5);
  await clock.advance(BURST_MS);
  assert.deepEqual(marksSent(server), [{ preview_seq: 3, delivered_seq: 5 }, { read_seq: 4 }, { read_seq: 5 }]);
  assert.deepEqual(mine(server), { delivered_seq: 5, preview_seq: 5, read_seq: 5 });
});

test("in a room too large to be told, only reading is sent", async () => {
  const { server, store, marks, clock } = await tea();
  store.limits = { receipts_told_members: 2 };
  marks.read("tea", 2);
  await clock.advance(BURST_MS);
  assert.deepEqual(marksSent(server), [{ read_seq: 2 }]);
});

test("markers wait while there is no connection, and go with the next welcome", async () => {
  const { server, marks, clock } = await tea();
  server.connection.isOnline = false;
  marks.read("tea", 5);
  await clock.advance(60_000);
  assert.deepEqual(marksSent(server), []);
  server.connection.isOnline = true;
  server.connection.dispatchEvent(new Event("welcome"));
  await clock.advance(BURST_MS);
  assert.deepEqual(mine(server).read_seq, 5);
});

test("a send that fails is repeated; one that is refused for good is not", async () => {
  const { server, marks, clock, store } = await tea();
  server.isDown = true;
  marks.read("tea", 3);
  await clock.advance(BURST_MS);
  server.isDown = false;
  await clock.advance(3_000);
  assert.equal(mine(server).read_seq, 3);
  server.connection.command = async () => {
    server.requests.push(["mark", "refused"]);
    throw Object.assign(new Error("no member"), { isTransient: false });
  };
  store.advanceOwnMarks("tea", { read_seq: 4 });
  await marks.flush();
  await marks.flush();
  assert.equal(marksSent(server).filter((data) => data === "refused").length, 1);
});

test("a limit is kept: the next try comes when the server says", async () => {
  const { server, marks, clock } = await tea();
  const { command } = server.connection;
  server.connection.command = async () => {
    server.connection.command = command;
    throw Object.assign(new Error("slow down"), { isTransient: true, retryAfterMs: 8_000 });
  };
  marks.read("tea", 3);
  await clock.advance(BURST_MS + 7_999);
  assert.equal(mine(server).read_seq, 0);
  await clock.advance(1);
  assert.equal(mine(server).read_seq, 3);
});

test("what changes while others are being sent is sent after them", async () => {
  const { server, marks, clock } = await tea();
  const { command } = server.connection;
  let finish = () => {};
  server.connection.command = (event, data) => new Promise((resolve) => (finish = () => resolve(command(event, data))));
  marks.read("tea", 1);
  await clock.advance(BURST_MS);
  marks.read("tea", 4);
  await clock.advance(BURST_MS);
  server.connection.command = command;
  finish();
  await clock.advance(BURST_MS);
  assert.deepEqual(marksSent(server), [{ read_seq: 1, delivered_seq: 5 }, { read_seq: 4 }]);
});

test("a page that goes away sends at once; the next visit sends what did not arrive", async () => {
  const { server, marks, clock, store } = await tea();
  marks.read("tea", 2);
  marks.flush();
  await settle();
  assert.equal(mine(server).read_seq, 2);
  server.isDown = true;
  marks.read("tea", 5);
  await marks.flush();
  server.isDown = false;
  const next = startClient({ server, clock, restore: store.dump() });
  next.server.connection.dispatchEvent(new Event("welcome"));
  await clock.advance(BURST_MS);
  assert.equal(mine(server).read_seq, 5);
});

test("a page that goes away sends all that waits before the first reply", async () => {
  const { server, marks, clock, store } = await makeWorld({
    prepare: (each) => each.addRoom("tea", ["me"]) && each.addRoom("attic", ["me"]),
  });
  for (const roomId of ["tea", "attic"]) {
    server.post(roomId, "me");
    store.addMessage({ ...server.message(roomId, 1), user_id: "alice" });
  }
  await clock.advance(BURST_MS);
  server.requests.length = 0;
  for (const roomId of ["tea", "attic"]) {
    store.addMessage({ ...server.message(roomId, 1), seq: 2, user_id: "alice" });
    marks.readAll(roomId);
  }
  server.connection.isOnline = false;
  marks.markUnread("attic", 1);
  server.connection.isOnline = true;
  marks.leave();
  assert.deepEqual(server.requests, [
    ["mark", { read_seq: 2 }],
    ["mark", { read_seq: 2 }],
    ["markUnread", 1],
  ]);
});
