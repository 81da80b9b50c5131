// What is unread: counts, badges, the first unread message, and a read marker that only moves forward.

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

test("the count of unread leaves out what is deleted, whatever comes first", async () => {
  const { store, server, clock, deliver } = await lunch();
  for (let count = 0; count < 4; count += 1) server.post("lunch", "bob");
  server.delete("lunch", 4);
  server.delete("lunch", 6);
  deliver();
  assert.equal(store.unreadCount(roomOf(store)), 4);
  store.advanceOwnMarks("lunch", { read_seq: 4 });
  assert.equal(store.unreadCount(roomOf(store)), 1);
  const again = startClient({ server, clock }).store;
  assert.equal(again.unreadCount(roomOf(again)), 4, "as the server counts after a reload");
});

test("the server's count of unread is taken with what is known to be deleted, and holds up to its own message", async () => {
  const { store, server, deliver } = await lunch();
  server.delete("lunch", 1);
  store.load(server.sync()); // one of two is deleted, which of them is not said
  server.take();
  assert.equal(store.unreadCount(roomOf(store)), 1);
  store.updateMembership("lunch", { role: "owner" });
  assert.equal(store.unreadCount(roomOf(store)), 1);
  store.advanceOwnMarks("lunch", { read_seq: 2 });
  server.post("lunch", "bob");
  server.post("lunch", "bob");
  server.delete("lunch", 3);
  deliver();
  assert.equal(store.unreadCount(roomOf(store)), 1);
  server.mark("lunch", "me", { read_seq: 2 });
  store.updateMembership("lunch", server.room("lunch").me);
  assert.equal(store.unreadCount(roomOf(store)), 1);
  server.mark("lunch", "me", { read_seq: 3 });
  store.updateMembership("lunch", server.room("lunch").me);
  assert.deepEqual(store.dump().rooms.find(({ room }) => room.room_id === "lunch").deleted.seqs, []);
});

test("badges heed the notification level, and a mute until it ends", async () => {
  const { store, server, clock, deliver } = await lunch();
  const until = (ms) => new Date(clock.now() + ms).toISOString();
  const badge = (me) => {
    store.updateMembership("lunch", me);
    return store.badgeCount(roomOf(store));
  };
  assert.equal(badge({ notify: "none" }), 0);
  assert.equal(badge({ notify: "mentions" }), 2);
  assert.equal(badge({ notify: "mentions", mentions: 0 }), 0);
  assert.equal(badge({ notify: "all", muted_until: until(1_000) }), 0);
  await clock.advance(1_001);
  assert.equal(store.badgeCount(roomOf(store)), 2);
  server.delete("lunch", 1);
  deliver();
  assert.equal(store.badgeCount(roomOf(store)), 1);
});

test("the first unread is after the read marker, or where the user has marked the room as unread", async () => {
  const { store, server, deliver } = await lunch();
  assert.equal(store.firstUnread(roomOf(store)), 1);
  store.advanceOwnMarks("lunch", { read_seq: 2 });
  assert.equal(store.firstUnread(roomOf(store)), null);
  store.setMarkedUnread("lunch", 2);
  assert.deepEqual([store.firstUnread(roomOf(store)), store.readThrough("lunch"), store.unreadCount(roomOf(store))], [2, 1, 0]);
  server.post("lunch", "bob");
  deliver();
  assert.equal(store.firstUnread(roomOf(store)), 2);
  store.advanceOwnMarks("lunch", { read_seq: 3 });
  assert.equal(store.firstUnread(roomOf(store)), null, "reading on takes the mark back");
});

test("a read marker never moves back, whatever the server or another device says", async () => {
  const { store, server, deliver } = await lunch();
  store.advanceOwnMarks("lunch", { read_seq: 2 });
  store.load(server.sync());
  assert.equal(roomOf(store).me.read_seq, 2);
  store.putRoom(server.room("lunch"));
  assert.equal(roomOf(store).me.read_seq, 2);
  store.updateMembership("lunch", server.room("lunch").me);
  assert.equal(roomOf(store).me.read_seq, 2);
  assert.equal(store.serverMarks("lunch").read_seq, 0, "it is still on its way");
  server.mark("lunch", "me", { read_seq: 1 });
  deliver();
  assert.deepEqual([roomOf(store).me.read_seq, store.serverMarks("lunch").read_seq], [2, 1]);
});
