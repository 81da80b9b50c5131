// The ticks of a message say what the server's receipts say: after a reload exactly, before it never more.

import assert from "node:assert/strict";
import { test } from "node:test";
import { randomFrom } from "../support/environment.js";
import { makeWorld, startClient, withSeed } from "../support/world.js";

const RANKS = ["sent", "delivered", "preview_read", "read"];

/** What the receipts of a message amount to. */
function statusOf(receipts) {
  const ranks = receipts.map(({ state }) => RANKS.indexOf(state));
  if (ranks.includes(3)) return "read";
  if (ranks.includes(2)) return "preview_read";
  return ranks.length > 0 && !ranks.includes(0) ? "delivered" : "sent";
}

const namesOf = (receipts, wanted) =>
  receipts
    .filter(({ state }) => state === wanted)
    .map(({ user_id: userId }) => userId)
    .sort();

function compare({ store, server }, isExact) {
  for (const message of store.timeline("r")) {
    if (message.user_id !== "me") continue;
    const receipts = server.receipts("r", message.seq);
    const { status, readers, previewers } = store.deliveryStatus(message);
    const expected = statusOf(receipts);
    const [read, previewed] = [namesOf(receipts, "read"), namesOf(receipts, "preview_read")];
    assert.ok(RANKS.indexOf(status) <= RANKS.indexOf(expected), `message ${message.seq}: ${status} instead of ${expected}`);
    assert.ok(
      readers.every((userId) => read.includes(userId)),
      `message ${message.seq}: read by ${readers}, not ${read}`,
    );
    if (!isExact) continue;
    assert.equal(status, expected, `message ${message.seq}`);
    assert.deepEqual([[...readers].sort(), [...previewers].sort()], [read, previewed], `message ${message.seq}`);
  }
}

test("one message was read by two, five more by nobody: a reload shows just that", async () => {
  const world = await makeWorld({ prepare: (server) => server.addRoom("r", ["me", "alice", "bob"]) });
  const { server, clock } = world;
  await clock.advance(1_000);
  server.post("r", "me");
  server.mark("r", "alice", { read_seq: 1 });
  server.mark("r", "bob", { read_seq: 1 });
  for (let count = 0; count < 5; count += 1) server.post("r", "me");
  server.take();
  const next = startClient({ server, clock });
  await next.history.open("r");
  await next.marks.load("r");
  const statuses = [...next.store.timeline("r")].map((message) => next.store.deliveryStatus(message).status);
  assert.deepEqual(statuses, ["read", "sent", "sent", "sent", "sent", "sent"]);
});

test("who joins later has not read what was there before", async () => {
  const world = await makeWorld({ prepare: (server) => server.addRoom("r", ["me", "alice"]) });
  const { server, clock, deliver, history, marks } = world;
  await clock.advance(1_000);
  server.post("r", "me");
  deliver();
  await history.open("r");
  await marks.load("r");
  await clock.advance(1_000);
  server.join("r", "bob");
  server.post("r", "bob");
  deliver();
  compare(world, true);
  const next = startClient({ server, clock });
  await next.history.open("r");
  await next.marks.load("r");
  compare(next, true);
});

test("members who come, go, hide what they read and read on: for every message shown", () =>
  withSeed(async (seed) => {
    const random = randomFrom(seed);
    const below = (limit) => Math.floor(random() * limit);
    const counts = Object.fromEntries(RANKS.map((status) => [status, 0]));
    for (let round = 0; round < 20; round += 1) {
      let world = await makeWorld({ prepare: (server) => server.addRoom("r", ["me", "alice", "bob"]) });
      const { server, clock } = world;
      await world.history.open("r");
      await world.marks.load("r");
      for (let step = 0; step < 60; step += 1) {
        await clock.advance(1 + below(20));
        const { members, messages } = server.rooms.get("r");
        const others = [...members.keys()].filter((userId) => userId !== "me");
        const userId = others[below(others.length)];
        const kind = below(10);
        if (kind < 3) server.post("r", "me");
        else if (kind === 3 && userId) server.post("r", userId);
        else if (kind === 4) for (const each of others) server.mark("r", each, { delivered_seq: messages.length });
        else if (kind < 8 && userId)
          server.mark("r", userId, { [["delivered_seq", "preview_seq", "read_seq"][below(3)]]: below(messages.length + 1) });
        else if (kind === 8) {
          const absent = ["alice", "bob", "carol", "dan"].filter((each) => !members.has(each));
          if (absent.length) server.join("r", absent[below(absent.length)], { isHidden: below(4) === 0 });
        } else if (userId && others.length > 1 && below(3) === 0) server.leave("r", userId);
        if (below(3)) world.deliver();
        if (step % 20 === 19) {
          world.deliver();
          compare(world, false);
          const isCached = below(2) === 0;
          world = startClient({ server, clock, restore: isCached ? world.store.dump() : null });
          await world.history.open("r", { at: "newest" });
          await world.marks.load("r");
          compare(world, !isCached);
          for (const message of world.store.timeline("r")) counts[world.store.deliveryStatus(message).status] += 1;
        }
      }
    }
    for (const status of RANKS) assert.ok(counts[status] > 5, `${status}: ${counts[status]}`);
  }));
