// Pages that do not come, or come too late.

import assert from "node:assert/strict";
import { test } from "node:test";
import { settle } from "../support/clock.js";
import { holdRequests, roomWith } from "../support/history.js";

test("a page that comes after the state was loaded anew is asked for again", async () => {
  const { history, server, store } = await roomWith(100, 0);
  const requests = holdRequests(server);
  const opened = history.open("r");
  await settle();
  store.load(server.sync());
  await requests.answer();
  assert.equal(store.timeline("r").loaded, false);
  await requests.answer();
  await opened;
  assert.equal(store.timeline("r").last, 100);
});

test("a room that cannot be loaded says why, is tried again ever more slowly, and opens once the server is there", async () => {
  const { history, server, store, clock, changes, log } = await roomWith(100, 0);
  const told = log("timeline:r");
  server.isDown = true;
  await history.open("r");
  assert.equal(history.error("r").isTransient, true);
  changes.flush();
  assert.deepEqual(told, [{ room: "r", seq: null, what: "state" }]);
  await clock.advance(3_000 + 6_000 + 12_000);
  assert.equal(server.requests.length, 4);
  server.isDown = false;
  await clock.advance(24_000);
  assert.deepEqual([history.error("r"), store.timeline("r").last], [undefined, 100]);
  await clock.advance(600_000);
  assert.equal(server.requests.length, 5);
});

test("a room that does not exist any more is not tried again", async () => {
  const { history, server, clock } = await roomWith(100, 0);
  server.api.messages = async () => {
    server.requests.push("messages");
    throw Object.assign(new Error("gone"), { isTransient: false });
  };
  await history.open("r");
  await clock.advance(600_000);
  assert.deepEqual([server.requests.length, history.error("r").message], [1, "gone"]);
});
