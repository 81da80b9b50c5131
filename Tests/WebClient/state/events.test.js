// What each event of the server does to the state.

import assert from "node:assert/strict";
import { test } from "node:test";
import { makeWorld } from "../support/world.js";

const tea = () =>
  makeWorld({
    prepare: async (server, clock) => {
      server.addRoom("tea", ["me", "alice"]);
      await clock.advance(1_000);
      server.post("tea", "alice");
      server.take();
    },
  });

test("an unknown event, and one of a room that the user is not in, change nothing", async () => {
  const { reducer, store } = await tea();
  const before = store.dump();
  reducer.apply({ event: "weather", data: { room_id: "tea" } });
  reducer.apply({ event: "constructor" });
  reducer.apply({ event: "message_edited", data: { room_id: "elsewhere", seq: 1 } });
  reducer.apply({ event: "receipt", data: { room_id: "elsewhere", user_id: "alice", read_seq: 4 } });
  reducer.apply({ event: "room_updated", data: { room_id: "elsewhere", name: "x" } });
  reducer.apply({ event: "member_left", data: { room_id: "elsewhere", user: { user_id: "alice" } } });
  assert.deepEqual(store.dump(), before);
});

test("members come and go, and roles change", async () => {
  const { server, store, reducer, calls, deliver } = await tea();
  server.join("tea", "bob");
  deliver();
  assert.equal(store.rooms.get("tea").member_count, 3);
  server.leave("tea", "bob");
  deliver();
  assert.equal(store.rooms.get("tea").member_count, 2);
  reducer.apply({ event: "member_updated", data: { room_id: "tea", user: server.user("me"), role: "moderator", reason: "changed" } });
  reducer.apply({ event: "member_updated", data: { room_id: "tea", user: server.user("alice"), role: "owner", reason: "changed" } });
  assert.deepEqual([store.rooms.get("tea").me.role, store.unreadCount(store.rooms.get("tea"))], ["moderator", 1]);
  server.leave("tea", "me");
  reducer.apply({ event: "member_left", data: { room_id: "tea", user: server.user("me"), reason: "banned" } });
  assert.deepEqual([store.rooms.size, calls.removed], [0, [["tea", "banned"]]]);
});

test("a room that is deleted goes with its messages", async () => {
  const { reducer, store, history, calls } = await tea();
  await history.open("tea");
  reducer.apply({ event: "room_deleted", data: { room_id: "tea" } });
  assert.deepEqual([store.rooms.size, store.timeline("tea").size, calls.removed], [0, 0, [["tea", "deleted"]]]);
});

test("a room's name changes for all, what it is to the user does not", async () => {
  const { reducer, store } = await tea();
  const { me, last_message: last } = store.rooms.get("tea");
  reducer.apply({
    event: "room_updated",
    data: { room_id: "tea", kind: "group", name: "Five o'clock", topic: "t", member_count: 9, last_seq: 1 },
  });
  const room = store.rooms.get("tea");
  assert.deepEqual([room.name, room.member_count, room.me, room.last_message], ["Five o'clock", 9, me, last]);
});

test("the user's settings of a room, and their mark as unread, come from another device", async () => {
  const { server, store, reducer } = await tea();
  const me = { ...server.room("tea").me, notify: "none", marked_unread_seq: 1, unread: 0 };
  reducer.apply({ event: "member_updated", data: { room_id: "tea", user: server.user("me"), role: "member", reason: "notify", me } });
  const room = store.rooms.get("tea");
  assert.deepEqual([room.me.notify, store.firstUnread(room), store.unreadCount(room)], ["none", 1, 0]);
});

test("another device of the user reads on", async () => {
  const { server, store, deliver } = await tea();
  server.mark("tea", "me", { read_seq: 1 });
  deliver();
  assert.deepEqual([store.unreadCount(store.rooms.get("tea")), store.serverMarks("tea").read_seq], [0, 1]);
});

test("an own message is reported, once for each event, for the outbox", async () => {
  const { server, calls, deliver } = await tea();
  server.post("tea", "me", "mine", { client_id: "c1" });
  server.post("tea", "alice");
  deliver();
  assert.deepEqual(
    calls.own.map(({ client_id: clientId }) => clientId),
    ["c1"],
  );
});

test("drafts and preferences are handed on", async () => {
  const { reducer, calls } = await tea();
  reducer.apply({ event: "draft_updated", data: { room_id: "tea", content: "half a sen", reply_to: 1 } });
  reducer.apply({ event: "preferences_updated", data: { added_by: "contacts" } });
  assert.deepEqual(calls.drafts, [["tea", { content: "half a sen", reply_to: 1 }]]);
  assert.deepEqual(calls.preferences, [{ added_by: "contacts" }]);
});

test("messages are pinned and saved, and no more", async () => {
  const { reducer, store, changes, log } = await tea();
  const told = log("timeline:tea");
  const flags = () => [store.flags.has("pinned", "tea", 1), store.flags.has("saved", "tea", 1)];
  const apply = (event, more = {}) => reducer.apply({ event, data: { room_id: "tea", seq: 1, ...more } });
  apply("message_pinned", { user_id: "alice" });
  assert.deepEqual(flags(), [true, false]);
  apply("message_saved");
  apply("message_unpinned", { user_id: "bob" });
  assert.deepEqual(flags(), [false, true]);
  apply("message_unsaved");
  assert.deepEqual(flags(), [false, false]);
  changes.flush();
  assert.deepEqual(told, [
    { room: "tea", seq: 1, what: "pinned" },
    { room: "tea", seq: 1, what: "saved" },
  ]);
});

test("presence comes by name or, of a large room, as a number", async () => {
  const { reducer, store, changes, log } = await tea();
  const told = log("users");
  reducer.apply({ event: "presence", data: { changes: [{ user_id: "alice", state: "idle", last_seen_at: null }] } });
  reducer.apply({ event: "presence", data: { changes: [], room_id: "tea", online: 612 } });
  assert.deepEqual([store.presence.get("alice").state, store.online.get("tea")], ["idle", 612]);
  changes.flush();
  assert.deepEqual(told, [{ user: "alice", what: "presence" }]);
  store.clearPresence();
  assert.deepEqual([store.presence.size, store.online.size], [0, 0]);
});

test("a user's new name is told, and the user's own as well", async () => {
  const { reducer, store, server, changes, log } = await tea();
  const users = log("users");
  const me = log("me");
  reducer.apply({ event: "user_updated", data: { ...server.user("alice"), display_name: "Alicia" } });
  reducer.apply({ event: "user_updated", data: { ...server.user("me"), display_name: "Myself" } });
  reducer.apply({ event: "invited", data: { room_id: "club" } });
  reducer.apply({ event: "user_typing", data: { room_id: "tea", user_id: "alice", username: "alice", expires_in_ms: 5_000 } });
  changes.flush();
  assert.deepEqual([store.displayName("alice"), store.me.display_name, store.typingNames("tea")], ["Alicia", "Myself", ["Alicia"]]);
  assert.deepEqual([users.length, me.length, store.invitations.has("club")], [2, 1, true]);
});
