// The state of the user, as events and /sync make it, and what is told of each change.

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

test("a new message counts as unread and as a mention, moves its room to the top, and is told", async () => {
  const { store, server, clock, deliver, log, changes } = await lunch();
  const rooms = log("rooms");
  assert.deepEqual([store.unreadCount(roomOf(store)), store.badgeCount(roomOf(store)), roomOf(store).me.mentions], [2, 2, 1]);
  await clock.advance(1_000);
  server.post("tea", "carol");
  deliver();
  assert.deepEqual(
    store.roomsByActivity().map(({ room_id: roomId }) => roomId),
    ["tea", "lunch"],
  );
  server.post("lunch", "bob", "@me again", { mentions: ["me"] });
  deliver();
  assert.deepEqual([store.unreadCount(roomOf(store)), roomOf(store).me.mentions, roomOf(store).last_message.seq], [3, 2, 3]);
  changes.flush();
  assert.ok(rooms.some(({ room, what }) => room === "lunch" && what === "order"));
  assert.ok(rooms.some(({ room, what }) => room === "lunch" && what === "changed"));
});

test("an own message leaves nothing unread, and the server has its markers", async () => {
  const { store, server, deliver } = await lunch();
  server.post("lunch", "me");
  deliver();
  assert.deepEqual([store.unreadCount(roomOf(store)), roomOf(store).me.mentions], [0, 0]);
  assert.deepEqual(store.serverMarks("lunch"), { delivered_seq: 3, preview_seq: 3, read_seq: 3 });
});

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

test("edits, deletions and reactions are told of the messages shown, and change the newest message of the room", async () => {
  const { store, server, clock, history, changes, deliver, log } = await lunch();
  await history.open("lunch");
  changes.flush();
  const deltas = log("timeline:lunch");
  await clock.advance(1_000);
  server.edit("lunch", 2, "edited");
  server.react("lunch", 1, "👍", "bob", true);
  server.delete("lunch", 1);
  deliver();
  changes.flush();
  assert.deepEqual(deltas, [
    { room: "lunch", seq: 2, what: "content" },
    { room: "lunch", seq: 1, what: "reactions" },
    { room: "lunch", seq: 1, what: "deleted" },
  ]);
  assert.equal(roomOf(store).last_message.content, "edited");
  server.delete("lunch", 2);
  deliver();
  assert.equal(roomOf(store).last_message.deleted, true);
});

test("a direct room is called by the other user; what has no name is empty", async () => {
  const { store } = await lunch();
  const direct = { kind: "direct", with: { user_id: "zoe", username: "zoe" } };
  assert.equal(store.roomName(direct), "zoe");
  store.putUser({ user_id: "zoe", username: "zoe", display_name: "Zoë" });
  assert.equal(store.roomName(direct), "Zoë");
  assert.equal(store.roomName({ kind: "direct", with: null }), "");
  assert.equal(store.roomName({ kind: "group", name: null }), "");
  assert.equal(store.displayName("nobody"), "");
  assert.equal(store.displayName("nobody", { display_name: "Fallback" }), "Fallback");
});

test("typing expires by itself, ends with the message, and is never the user's own", async () => {
  const { store, server, clock, changes, deliver, log } = await lunch();
  const told = log("typing:lunch");
  store.setTyping({ room_id: "lunch", user_id: "me", username: "me" });
  store.setTyping({ room_id: "lunch", user_id: "alice", username: "alice", expires_in_ms: 3_000 });
  store.setTyping({ room_id: "lunch", user_id: "bob", username: "bob", expires_in_ms: 5_000 });
  assert.deepEqual(store.typingNames("lunch"), ["Alice", "Bob"]);
  await clock.advance(2_000);
  store.setTyping({ room_id: "lunch", user_id: "alice", username: "alice", expires_in_ms: 3_000 });
  server.post("lunch", "bob");
  deliver();
  assert.deepEqual(store.typingNames("lunch"), ["Alice"]);
  await clock.advance(2_999);
  assert.deepEqual(store.typingNames("lunch"), ["Alice"]);
  changes.flush();
  const before = told.length;
  await clock.advance(1);
  changes.flush();
  assert.deepEqual([store.typingNames("lunch"), told.length], [[], before + 1]);
});
