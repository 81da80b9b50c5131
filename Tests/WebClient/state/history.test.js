// Pages come where the user wants to read on, from the cache and the server, one load at a time.

import assert from "node:assert/strict";
import { test } from "node:test";
import { WINDOW_MAX } from "../../../nginx/html/state/timeline.js";
import { settle } from "../support/clock.js";
import { holdRequests, range, roomWith } from "../support/history.js";
import { makeWorld } from "../support/world.js";

test("a room without unread messages opens at the end", async () => {
  const world = await roomWith(100, 0);
  assert.equal(await world.history.open("r"), null);
  assert.deepEqual(range(world), [51, 100]);
  assert.equal(world.store.timeline("r").isFollowing, true);
});

for (const unread of [1, 20, 60, 600, 6_000]) {
  test(`a room with ${unread} unread messages opens at the first of them`, async () => {
    const world = await roomWith(100, unread);
    assert.equal(await world.history.open("r"), 101);
    const timeline = world.store.timeline("r");
    assert.ok(timeline.get(101) && timeline.get(100), "with what was before it");
    assert.equal(timeline.isFollowing, false);
    assert.equal(timeline.hasAfter, unread > 30);
    assert.equal(world.server.requests.length, 1);
    assert.equal(world.store.unreadCount(world.store.rooms.get("r")), unread);
  });
}

test("a room that was left in the middle opens there again; one left at the end, at the end", async () => {
  const world = await roomWith(500, 0);
  const { history, store } = world;
  await history.open("r", { at: 200 });
  history.leave("r", 210);
  store.timeline("r").clear();
  assert.equal(await history.open("r"), 210);
  assert.ok(store.timeline("r").get(210));
  history.leave("r", null);
  assert.equal(await history.open("r"), null);
  assert.equal(store.timeline("r").last, 500);
});

test("what was left comes after what is unread", async () => {
  const { history, server, deliver } = await roomWith(500, 0);
  await history.open("r", { at: 200 });
  history.leave("r", 210);
  server.post("r", "alice");
  deliver();
  assert.equal(await history.open("r"), 501);
});

test("a room that is left keeps its unread messages in the window", async () => {
  const { history, server, store, deliver } = await roomWith(100, 0);
  await history.open("r");
  history.leave("r", null);
  for (let count = 0; count < 1_000; count += 1) server.post("r", "alice");
  deliver();
  assert.equal(store.timeline("r").size, WINDOW_MAX);
  assert.equal(await history.open("r"), 101);
  assert.equal(server.requests.length, 1, "the first unread message is there");
});

test("scrolling up and down moves a window of bounded length through the room", async () => {
  const world = await roomWith(1_000, 0);
  const { history, store } = world;
  const timeline = () => store.timeline("r");
  await history.open("r");
  timeline().isFollowing = false;
  while (timeline().hasBefore) {
    await history.loadOlder("r");
    assert.ok(timeline().size <= WINDOW_MAX);
  }
  assert.deepEqual(range(world), [1, WINDOW_MAX]);
  while (timeline().hasAfter) {
    await history.loadNewer("r");
    assert.ok(timeline().size <= WINDOW_MAX);
  }
  assert.deepEqual(range(world), [1_000 - WINDOW_MAX + 1, 1_000]);
  const asked = world.server.requests.length;
  await history.loadNewer("r");
  assert.equal(world.server.requests.length, asked);
});

test("a message far away is brought by the page around it", async () => {
  const world = await roomWith(1_000, 0);
  await world.history.open("r");
  assert.equal(await world.history.open("r", { at: 300 }), 300);
  assert.deepEqual(range(world), [275, 324]);
});

test("missing messages at the end are fetched where the user follows, and only there", async () => {
  const world = await roomWith(100, 0);
  const { history, server, store, reducer } = world;
  await history.open("r");
  for (let count = 0; count < 30; count += 1) server.post("r", "alice");
  const frames = server.take();
  reducer.apply(frames.at(-1)); // the others are lost
  await settle();
  assert.deepEqual(range(world), [51, 130]);
  store.timeline("r").isFollowing = false;
  for (let count = 0; count < 30; count += 1) server.post("r", "alice");
  reducer.apply(server.take().at(-1));
  await settle();
  assert.deepEqual(range(world), [51, 130]);
  assert.equal(store.timeline("r").hasAfter, true);
});

test("after an absence that does not fit, the window ends in what is new: the first unread message stays in it", async () => {
  const world = await roomWith(100, 0);
  const { history, server, reducer, store } = world;
  await history.open("r");
  for (let count = 0; count < 600; count += 1) server.post("r", "alice");
  reducer.apply(server.take().at(-1));
  await settle();
  assert.deepEqual(range(world), [51, 300]);
  assert.deepEqual([store.timeline("r").hasAfter, Boolean(store.timeline("r").get(101))], [true, true]);
});

test("messages that arrive while a page is on its way are there in the end", async () => {
  const world = await roomWith(100, 0);
  const { history, server, deliver } = world;
  const early = server.page("r", { before: 101, limit: 50 }); // the server reads it before the message is posted
  const { messages } = server.api;
  server.api.messages = async () => {
    server.api.messages = messages;
    server.post("r", "alice");
    deliver();
    return early;
  };
  await history.open("r");
  assert.deepEqual(range(world), [51, 101]);
});

test("one load at a time in a room: scrolling on while a page is on its way asks for nothing", async () => {
  const world = await roomWith(500, 0);
  const { history, server, store } = world;
  await history.open("r");
  const requests = holdRequests(server);
  const first = history.loadOlder("r");
  await settle();
  assert.equal(history.loading("r"), "older");
  await history.loadOlder("r");
  assert.equal(requests.waiting.length, 1);
  const around = history.open("r", { at: 100 }); // waits for its turn
  await settle();
  assert.equal(requests.waiting.length, 1);
  await requests.answer();
  await first;
  assert.deepEqual([requests.waiting.length, requests.waiting[0].query.around], [1, 100]);
  await requests.answer();
  assert.equal(await around, 100);
  assert.equal(store.timeline("r").first, 75);
  assert.equal(history.loading("r"), undefined);
});

test("only the windows of the rooms opened last are held", async () => {
  const { history, store } = await makeWorld({
    prepare: (each) => {
      for (let room = 0; room < 12; room += 1) {
        each.addRoom(`r${room}`, ["me", "alice"]);
        each.post(`r${room}`, "alice");
        each.mark(`r${room}`, "me", { read_seq: 1 });
      }
    },
  });
  for (let room = 0; room < 12; room += 1) await history.open(`r${room}`);
  const held = [...store.rooms.keys()].filter((roomId) => store.timeline(roomId).loaded);
  assert.deepEqual(held, ["r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11"]);
});
