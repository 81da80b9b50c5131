// A room that the user joins is fetched, whatever happens meanwhile.

import assert from "node:assert/strict";
import { test } from "node:test";
import { settle } from "../support/clock.js";
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

test("a room that the user joins is fetched; what happens in it meanwhile follows", async () => {
  const { server, store, deliver } = await tea();
  server.addRoom("club", ["alice", "bob"]);
  server.post("club", "bob");
  server.join("club", "me");
  const early = server.room("club"); // the server reads it before what follows
  let answer = () => {};
  server.api.room = () => new Promise((resolve) => (answer = () => resolve(early)));
  store.putInvitation({ room_id: "club" });
  server.post("club", "bob", "while it is fetched");
  server.delete("club", 2);
  server.post("club", "bob", "the last");
  deliver();
  assert.equal(store.rooms.has("club"), false);
  answer();
  await settle();
  const club = store.rooms.get("club");
  assert.deepEqual([club.last_seq, club.last_message.content, store.unreadCount(club), store.invitations.size], [3, "the last", 1, 0]);
});

test("a deletion that the room has counted already is not counted twice, whether its event comes before the room or after", async () => {
  const { server, store, deliver } = await tea();
  server.addRoom("club", ["alice"]);
  server.join("club", "me");
  for (const words of ["one", "two", "three"]) server.post("club", "alice", words);
  server.delete("club", 1);
  const { room } = server.api;
  let answer = () => {};
  server.api.room = (roomId) => new Promise((resolve) => (answer = () => resolve(room(roomId))));
  deliver();
  server.delete("club", 2); // the server reads the room after it, too
  deliver();
  answer();
  await settle();
  server.post("club", "alice", "four");
  deliver();
  server.api.room = room;
  answer();
  await settle();
  const club = store.rooms.get("club");
  assert.deepEqual([club.last_seq, store.unreadCount(club)], [4, 2]);
  server.delete("club", 3);
  deliver();
  assert.equal(store.unreadCount(club), 1);
});

test("who comes and goes while a room is on its way is counted once, and an older count does not come back", async () => {
  const { server, store, deliver, reducer } = await tea();
  server.addRoom("club", ["alice"]);
  server.join("club", "me");
  const { room } = server.api;
  const early = server.room("club");
  let answer = () => {};
  server.api.room = () => new Promise((resolve) => (answer = () => resolve(early)));
  deliver();
  reducer.apply({ event: "room_created", data: { ...early, member_count: 1 } });
  server.join("club", "bob");
  deliver();
  server.api.room = room;
  answer();
  await settle();
  assert.equal(store.rooms.get("club").member_count, 3);
  assert.equal(server.requests.filter(([name]) => name === "room").length, 1, "once more, after the one above");
});

test("a room in which much happens is not fetched without end", async () => {
  const { server, store, deliver, reducer } = await tea();
  server.addRoom("club", ["alice"]);
  server.join("club", "me");
  const { room } = server.api;
  server.api.room = async (roomId) => {
    reducer.apply({ event: "member_updated", data: { room_id: "club", user: server.user("alice"), role: "owner" } });
    return room(roomId);
  };
  deliver();
  await settle();
  assert.equal(store.rooms.has("club"), true);
  assert.equal(server.requests.length, 3);
  assert.equal(reducer.isLoading, false);
});

test("two who ask for the same room share one request", async () => {
  const { server, reducer } = await tea();
  server.addRoom("club", ["alice", "me"]);
  const [one, two] = await Promise.all([reducer.loadRoom("club"), reducer.loadRoom("club")]);
  assert.equal(one, two);
  assert.equal(server.requests.length, 1);
});

test("a room whose fetch fails is fetched again, since no other event brings it", async () => {
  const { server, store, clock, deliver } = await tea();
  server.addRoom("club", ["alice"]);
  server.join("club", "me");
  server.isDown = true;
  deliver();
  await clock.advance(3_000);
  assert.equal(server.requests.length, 2);
  await clock.advance(5_999);
  assert.equal(server.requests.length, 2, "ever more slowly");
  server.isDown = false;
  await clock.advance(1);
  assert.equal(store.rooms.has("club"), true);
  await clock.advance(600_000);
  assert.equal(server.requests.filter(([name]) => name === "room").length, 3);
});

test("a room that the user has left again is not fetched any more, nor added by a late answer", async () => {
  const { server, store, clock, deliver } = await tea();
  server.addRoom("club", ["alice"]);
  server.join("club", "me");
  const { room } = server.api;
  let answer = () => {};
  const late = server.room("club");
  server.api.room = () => new Promise((resolve) => (answer = () => resolve(late)));
  deliver();
  server.leave("club", "me");
  deliver();
  answer();
  await settle();
  assert.equal(store.rooms.has("club"), false);
  server.api.room = room;
  server.join("club", "me");
  server.isDown = true;
  deliver();
  await settle();
  server.leave("club", "me");
  deliver();
  server.requests.length = 0;
  await clock.advance(600_000);
  assert.equal(server.requests.length, 0);
});
