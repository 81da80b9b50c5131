// The state of a reload, of the next visit, and of another user.

import assert from "node:assert/strict";
import { test } from "node:test";
import { makeWorld, startClient } from "../support/world.js";

const lunch = async (more = {}) =>
  makeWorld({
    prepare: async (server, clock) => {
      server.addRoom("lunch", ["me", "alice", "bob"]);
      await clock.advance(1_000);
      server.addRoom("tea", ["me", "carol"], { kind: "public" });
      await clock.advance(1_000);
      server.post("lunch", "alice");
      server.post("lunch", "alice", "@me", { mentions: ["me"] });
      server.take();
    },
    ...more,
  });

const roomOf = (store) => store.rooms.get("lunch");

test("the next visit begins with what the last one knew, and goes on from there", async () => {
  const { store, server, clock, deliver, marks } = await lunch();
  await marks.load("lunch");
  store.advanceOwnMarks("lunch", { read_seq: 1 });
  server.delete("lunch", 2);
  deliver();
  store.putInvitation({ room_id: "club", room: {} });
  const dump = JSON.parse(JSON.stringify(store.dump()));
  const next = startClient({ server, clock, restore: dump });
  const same = (read) => assert.deepEqual(read(next.store), read(store));
  same(({ me }) => me);
  same(({ rooms }) => rooms);
  same(({ users }) => users);
  same(({ marks: others }) => others);
  same(({ invitations }) => invitations);
  same((each) => each.unreadCount(roomOf(each)));
  same((each) => each.serverMarks("lunch"));
  server.post("lunch", "bob");
  next.deliver();
  assert.deepEqual([next.store.unreadCount(roomOf(next.store)), store.rooms.get("lunch").last_seq], [1, 2], "apart from each other");
});

test("another user begins without the markers and invitations of the one before", async () => {
  const { store, server } = await lunch();
  store.advanceOwnMarks("lunch", { read_seq: 2 });
  store.putInvitation({ room_id: "club", room: {} });
  store.load({ ...server.sync(), me: server.user("alice") });
  assert.deepEqual([roomOf(store).me.read_seq, store.invitations.size], [0, 0]);
});

test("the state of a reload is told: rooms that came, stay and are gone, and windows that are empty", async () => {
  const { store, server, history, changes, log } = await lunch();
  await history.open("lunch");
  changes.flush();
  const rooms = log("rooms");
  const timeline = log("timeline:lunch");
  server.addRoom("new", ["me"]);
  server.leave("tea", "me");
  store.load(server.sync());
  changes.flush();
  assert.deepEqual(rooms, [
    { room: "lunch", what: "changed" },
    { room: "new", what: "added" },
    { room: "tea", what: "removed" },
    { room: null, what: "order" },
  ]);
  assert.deepEqual(timeline, [{ room: "lunch", seq: null, what: "window" }]);
  assert.equal(store.timeline("lunch").loaded, false);
});

test("what is kept for the next visit does not change with the state", async () => {
  const { store, server, deliver } = await lunch();
  const dump = store.dump();
  const before = structuredClone(dump);
  server.post("lunch", "bob");
  deliver();
  store.advanceOwnMarks("lunch", { read_seq: 3 });
  assert.deepEqual(dump, before);
});
