// How far the other members have come is asked in one call, and kept up to date by events.

import assert from "node:assert/strict";
import { test } from "node:test";
import { makeWorld } from "../support/world.js";

const tea = (messages = 5) =>
  makeWorld({
    prepare: async (server, clock) => {
      server.addRoom("tea", ["me", "alice", "bob"]);
      await clock.advance(1_000);
      for (let seq = 1; seq <= messages; seq += 1) server.post("tea", "alice");
      server.take();
    },
  });

test("the members' markers come in one call, once; events keep them up to date", async () => {
  const { server, marks, store, changes, deliver, log, history } = await tea(0);
  const seq = server.post("tea", "me");
  deliver();
  await history.open("tea");
  const status = () => store.deliveryStatus(store.timeline("tea").get(seq));
  assert.equal(status().status, "sent");
  server.mark("tea", "alice", { read_seq: seq });
  server.take(); // heard by an earlier visit
  const told = log("timeline:tea");
  await marks.load("tea");
  await marks.load("tea");
  assert.equal(server.requests.filter(([name]) => name === "members").length, 1);
  assert.deepEqual(status(), { status: "read", readers: ["alice"], previewers: [] });
  server.mark("tea", "bob", { preview_seq: seq });
  deliver();
  assert.deepEqual(status(), { status: "read", readers: ["alice"], previewers: ["bob"] });
  changes.flush();
  assert.ok(told.some(({ what }) => what === "seen"));
});

test("two who ask at once share a call; a room of 450 needs three; a large room is asked again", async () => {
  const { server, marks, store } = await makeWorld({
    prepare: (each) => {
      const people = Array.from({ length: 449 }, (_, index) => `user${index}`);
      each.addRoom("tea", ["me", ...people]);
    },
  });
  store.limits = { receipts_told_members: 100 };
  await Promise.all([marks.load("tea"), marks.load("tea")]);
  assert.equal(server.requests.length, 3);
  assert.deepEqual([store.marks.get("tea").members.size, store.marks.get("tea").isComplete], [450, true]);
  await marks.load("tea");
  assert.equal(server.requests.length, 6);
});

test("a load that fails shows fewer ticks, and is repeated when the room is opened again", async () => {
  const { server, marks, store } = await tea();
  server.isDown = true;
  await marks.load("tea");
  assert.equal(store.marks.get("tea").isComplete, false);
  server.isDown = false;
  await marks.load("tea");
  assert.equal(store.marks.get("tea").isComplete, true);
});

test("a list of members that comes after the state was loaded anew is dropped", async () => {
  const { server, marks, store } = await tea();
  const { members } = server.api;
  server.api.members = async (...query) => {
    const page = await members(...query);
    store.load(server.sync());
    return page;
  };
  await marks.load("tea");
  assert.equal(store.marks.has("tea"), false);
});

test("of more members than are asked for, nothing is said of all", async () => {
  const { marks, store } = await makeWorld({
    prepare: (server) => server.addRoom("tea", ["me", ...Array.from({ length: 2_000 }, (_, index) => `user${index}`)]),
  });
  await marks.load("tea");
  assert.deepEqual([store.marks.get("tea").members.size, store.marks.get("tea").isComplete], [2_000, false]);
});

test("without the list of members, ticks say less, not more", async () => {
  const { server, clock, marks, store, history, deliver } = await tea(0);
  server.post("tea", "me");
  deliver();
  await history.open("tea");
  server.isDown = true;
  await marks.load("tea");
  server.mark("tea", "alice", { read_seq: 1 });
  deliver();
  const status = (seq) => store.deliveryStatus(store.timeline("tea").get(seq)).status;
  assert.equal(status(1), "sent", "alice may have joined later");
  await clock.advance(1_000);
  server.post("tea", "me");
  server.mark("tea", "alice", { delivered_seq: 2 });
  deliver();
  assert.equal(status(2), "sent", "there may be others");
});

test("a receipt that comes while the list is on its way counts; so does a message of another member", async () => {
  const { server, clock, marks, store, history, deliver } = await tea(0);
  await clock.advance(1_000);
  server.post("tea", "me");
  deliver();
  await history.open("tea");
  const { members } = server.api;
  server.api.members = async (...query) => {
    const page = await members(...query);
    server.mark("tea", "alice", { read_seq: 1 });
    deliver();
    return page;
  };
  await marks.load("tea");
  const readers = (seq) => store.deliveryStatus(store.timeline("tea").get(seq)).readers;
  assert.deepEqual(readers(1), ["alice"]);
  server.post("tea", "bob");
  deliver();
  assert.deepEqual(readers(1), ["alice", "bob"]);
});

test("members whom the state does not name are known by then: somebody whose name is missing counts as deleted", async () => {
  const { marks, store } = await tea();
  store.load({
    me: store.me,
    rooms: [...store.rooms.values()],
    users: [{ user_id: "alice", username: "alice", display_name: "Alice now" }],
  });
  assert.equal(store.displayName("bob"), "");
  await marks.load("tea");
  assert.deepEqual([store.displayName("bob"), store.displayName("alice")], ["Bob", "Alice now"]);
});
