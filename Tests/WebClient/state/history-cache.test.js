// Pages come from the cache first, and from the server in the end.

import assert from "node:assert/strict";
import { test } from "node:test";
import { holdRequests, range, roomWith } from "../support/history.js";

/** A cache with what is put into it. */
class FakeCache {
  kept = [];
  page = async (roomId, query) => this.answer(roomId, query);
  answer = () => null;
  keep = (roomId, page) => this.kept.push([roomId, page.messages.length]);
}

test("a page of the cache is shown at once; the server's page mends what is out of date, and is kept", async () => {
  const cache = new FakeCache();
  const world = await roomWith(100, 0, { cache });
  const { history, server, store, changes, log } = world;
  const stale = server.page("r", { before: 101, limit: 50 });
  stale.messages[9].content = "stale";
  cache.answer = () => structuredClone(stale);
  const requests = holdRequests(server);
  const told = log("timeline:r");
  assert.equal(await history.open("r"), null);
  assert.equal(store.timeline("r").get(60).content, "stale");
  assert.equal(history.loading("r"), undefined, "scrolling does not wait for the server");
  changes.flush();
  assert.ok(told.some(({ what }) => what === "window"));
  told.length = 0;
  await requests.answer();
  changes.flush();
  assert.equal(store.timeline("r").get(60).content, "words 60");
  assert.deepEqual(told, [{ room: "r", seq: null, what: "window" }]);
  assert.deepEqual(cache.kept, [["r", 50]]);
});

test("without a server, the cache is enough to open a room and to scroll through it", async () => {
  const cache = new FakeCache();
  const world = await roomWith(200, 0, { cache });
  const { history, server, store } = world;
  cache.answer = (roomId, query) => server.page(roomId, query);
  server.isDown = true;
  await history.open("r");
  while (store.timeline("r").hasBefore) await history.loadOlder("r");
  assert.deepEqual([range(world), history.error("r")], [[1, 200], undefined]);
});

test("without a server, a room without messages opens, too, and takes those that come", async () => {
  const cache = new FakeCache();
  const world = await roomWith(0, 0, { cache });
  const { history, server, store, deliver } = world;
  cache.answer = (_, query) => (query.after === 0 ? { messages: [], has_before: false, has_after: false } : null);
  server.isDown = true;
  await history.open("r");
  assert.deepEqual([store.timeline("r").loaded, store.timeline("r").hasBefore, history.error("r")], [true, false, undefined]);
  server.isDown = false;
  server.post("r", "alice", "the first");
  deliver();
  assert.deepEqual(range(world), [1, 1]);
});

test("without a server, a room that had no messages when the state was saved opens with those that came later", async () => {
  const cache = new FakeCache();
  const world = await roomWith(0, 0, { cache });
  const { history, server } = world;
  for (const words of ["one", "two"]) server.post("r", "alice", words); // of which the state does not know
  cache.answer = (roomId, query) => (query.after === 0 ? server.page(roomId, query) : null);
  server.isDown = true;
  await history.open("r");
  assert.deepEqual([range(world), history.error("r")], [[1, 2], undefined]);
});

test("a page of the cache that does not begin where it was asked for is not taken", async () => {
  const cache = new FakeCache();
  const world = await roomWith(500, 0, { cache });
  const { history, server } = world;
  cache.answer = (roomId) => server.page(roomId, { before: 301, limit: 50 });
  await history.open("r");
  assert.deepEqual(range(world), [451, 500]);
  await history.loadOlder("r");
  assert.deepEqual(range(world), [401, 500]);
  await history.open("r", { at: 100 });
  assert.deepEqual(range(world), [75, 124]);
  await history.loadNewer("r");
  assert.deepEqual(range(world), [75, 174]);
});

test("a page of the cache does not undo what the server has said", async () => {
  const cache = new FakeCache();
  const { history, server, store } = await roomWith(100, 0, { cache });
  await history.open("r");
  cache.answer = () => {
    const page = server.page("r", { before: 61, limit: 50 });
    for (const message of page.messages) message.content = "stale";
    return page;
  };
  server.isDown = true;
  await history.loadOlder("r");
  assert.deepEqual([store.timeline("r").get(50).content, store.timeline("r").get(60).content], ["stale", "words 60"]);
});

test("a cache that fails is as good as none", async () => {
  const cache = new FakeCache();
  const world = await roomWith(100, 0, { cache });
  cache.answer = () => {
    throw new Error("the disk is full");
  };
  await world.history.open("r");
  assert.deepEqual(range(world), [51, 100]);
});

test("a public room that the user looks into is shown at its end, and not kept", async () => {
  const cache = new FakeCache();
  const { history, server, store } = await roomWith(10, 0, { cache });
  server.addRoom("public", ["alice"], { kind: "public" });
  for (let count = 0; count < 80; count += 1) server.post("public", "alice");
  await history.open("public");
  assert.deepEqual([store.timeline("public").first, store.timeline("public").last], [31, 80]);
  assert.deepEqual(cache.kept, []);
});
