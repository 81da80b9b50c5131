// The state of the user, as events and /sync make it, and what is told of each change.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DROPPED_AT_ONCE } from "../../../nginx/html/state/timeline.js";
import { makeWorld } from "../support/world.js";

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

test("a message that another device has read, or that comes late, changes neither mentions nor the newest message", async () => {
  const { store, server, reducer } = await lunch();
  server.post("lunch", "bob", "@me", { mentions: ["me"] });
  server.mark("lunch", "me", { read_seq: 3 });
  server.post("lunch", "bob", "the newest");
  const [third, receipt, fourth] = server.take();
  for (const frame of [receipt, third, fourth, third]) reducer.apply(frame);
  assert.deepEqual([roomOf(store).me.mentions, roomOf(store).last_message.content, roomOf(store).last_seq], [0, "the newest", 4]);
});

test("a new message is told as added where the window has it, and as a change of the window where not", async () => {
  const { store, server, history, changes, deliver, log } = await lunch();
  await history.open("lunch");
  changes.flush();
  const told = log("timeline:lunch");
  const post = () => {
    told.length = 0;
    server.post("lunch", "bob");
    deliver();
    changes.flush();
    return told.map(({ seq, what }) => [seq, what]);
  };
  assert.deepEqual(post(), [[3, "added"]]);
  for (let count = 0; count < 297; count += 1) post();
  store.timeline("lunch").isFollowing = true;
  assert.deepEqual(post(), [
    [301, "added"],
    [null, "window"],
  ]);
  store.timeline("lunch").isFollowing = false;
  for (let count = 0; count < DROPPED_AT_ONCE; count += 1) assert.deepEqual(post(), [[302 + count, "added"]]);
  assert.deepEqual(post(), [[null, "window"]]);
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
