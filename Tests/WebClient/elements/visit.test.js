// Accounts open and close as sessions begin and end, in this tab and in others; no word goes to another user or is lost unasked.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Problem } from "../../../nginx/html/net/client.js";
import { DatabaseFailure, MemoryDatabase } from "../../../nginx/html/state/database.js";
import { Account, DetailEvent, open, stored, user } from "../support/visit.js";

beforeEach(() => stored.clear());

test("who has just signed up is new, once", async () => {
  const { come, connection, context, shown, visit } = open();
  visit.signedIn({ isNew: true });
  await come();
  assert.deepEqual(shown, ["splash", "main, new"]);
  assert.equal(context.store.me.user_id, "alice");
  assert.equal(context.store.limits.chars, 4_000);
  assert.deepEqual(connection.starts, [null]);
  await come();
  assert.deepEqual(shown, ["splash", "main, new"]);
  visit.leave();
  await come();
  assert.equal(shown.at(-1), "main");
});

test("the next visit opens at once with what was kept, and goes on from there", async () => {
  const { come, databases, visit } = open();
  await come();
  await visit.account.save();
  visit.account.stop();
  const next = open({ databases });
  await next.visit.begin();
  assert.deepEqual(next.shown, ["main"]);
  assert.equal(next.context.store.rooms.get("r1").name, "Plaza");
  assert.deepEqual(next.connection.starts, [{ cursor: 5, epoch: "one", userId: "alice" }]);
});

const REFUSALS = {
  "a file of the page that is not there": (page) => {
    page.load = () => Promise.reject(new TypeError("Failed to fetch"));
    return () => (page.load = page.loadPage);
  },
  "storage that does not open": (page) => {
    page.storage = () => new MemoryDatabase(new DatabaseFailure("unavailable", "slow"));
    return () => (page.storage = null);
  },
};

for (const [name, refuse] of Object.entries(REFUSALS)) {
  test(`without a connection, ${name} is tried again, and the page says so meanwhile`, async () => {
    const { come, databases, visit } = open();
    await come();
    await visit.account.save();
    visit.account.stop();
    const next = open({ databases });
    const allow = refuse(next);
    await next.visit.begin();
    next.connection.become({ name: "waiting", reason: "network" });
    assert.deepEqual(next.said, []);
    assert.equal(next.splash(), "The server cannot be reached. What is kept on this device does not open yet.");
    await next.environment.clock.advance(3_000);
    assert.equal(next.context.store?.me ?? null, null);
    allow();
    await next.environment.clock.advance(1_000);
    assert.equal(next.shown.at(-1), "main");
    assert.equal(next.context.store.rooms.get("r1").name, "Plaza");
    assert.deepEqual(next.connection.starts, [null, { cursor: 5, epoch: "one", userId: "alice" }]);
    await next.environment.clock.advance(10_000);
    assert.equal(next.connection.starts.length, 2);
  });
}

test("the server's state wins over what opens late, in storage that lasts", async () => {
  const { come, databases, visit } = open();
  await come();
  await visit.account.save();
  visit.account.stop();
  const next = open({ databases });
  const allow = REFUSALS["storage that does not open"](next);
  await next.visit.begin();
  next.connection.become({ name: "waiting", reason: "network" });
  allow();
  next.state.rooms[0] = { ...next.state.rooms[0], name: "Market" };
  await next.come();
  await next.environment.clock.advance(5_000);
  assert.equal(next.context.store.rooms.get("r1").name, "Market");
  assert.equal(next.context.database.failure, null);
  assert.deepEqual(next.shown, ["splash", "main"]);
});

test("events that come while a room is on its way are not skipped by the next visit", async () => {
  const { api, come, connection, databases, visit } = open();
  await come();
  api.room = () => new Promise(() => {});
  connection.position = { cursor: 9, epoch: "one", userId: "alice" };
  const joined = { event: "member_joined", id: 9, data: { room_id: "r2", user: user("alice"), role: "member" } };
  connection.dispatchEvent(new DetailEvent("server-event", joined));
  await visit.account.save();
  const next = open({ databases });
  await next.visit.begin();
  assert.equal(next.connection.starts[0].cursor, 5);
});

test("a session that has ended leaves the words, and says how many", async () => {
  const { come, connection, context, databases, shown, visit } = open();
  await come();
  await context.outbox.add("r1", "Wait for me");
  connection.become({ name: "signed-out" });
  assert.equal(visit.account, null);
  assert.match(shown.at(-1), /^sign-in: You were signed out\. Sign in again\. 1 unsent message is kept here/);
  assert.equal(stored.size, 0);
  const next = open({ databases });
  await next.come();
  assert.deepEqual(
    next.context.outbox.messagesIn("r1").map(({ content }) => content),
    ["Wait for me"],
  );
});

test("nobody is told that they were signed out who was not here", async () => {
  const { connection, shown, visit } = open();
  await visit.begin();
  connection.become({ name: "signed-out" });
  assert.deepEqual(shown, ["sign-in: "]);
});

test("signing out asks about unsent words, and forgets them only if the user says so", async () => {
  const { asked, come, context, databases, session, shown, visit } = open({ answers: [false, true] });
  await come();
  await context.outbox.add("r1", "Wait for me");
  await visit.signOut();
  assert.match(asked[0], /^1 message is not sent yet/);
  assert.equal(session.isOut, false);
  assert.ok(visit.account);
  await visit.signOut();
  assert.equal(session.isOut, true);
  assert.equal(shown.at(-1), "sign-in: ");
  const next = open({ databases });
  await next.come();
  assert.equal(next.context.outbox.count, 0);
});

test("signing out that the server did not hear of leaves the user signed in", async () => {
  const { come, said, session, visit } = open();
  await come();
  session.logout = () => Promise.reject(new Problem({ code: "network" }));
  await visit.signOut();
  assert.deepEqual(said, ["You are still signed in: The server cannot be reached."]);
  assert.ok(visit.account);
});

test("another user who has signed in in another tab takes the place of the first, whose words stay theirs", async () => {
  const { come, connection, context, shown, state, visit } = open();
  await come();
  connection.become({ name: "connecting" });
  await context.outbox.add("r1", "From Alice");
  const { outbox, store } = context;
  const first = visit.account;
  let stops = 0;
  first.stop = () => {
    stops += 1;
    Account.prototype.stop.call(first);
  };
  state.me = user("bob");
  await come();
  assert.equal(stops, 1);
  assert.equal(visit.account.userId, "bob");
  assert.equal(context.store.me.user_id, "bob");
  assert.notEqual(context.store, store);
  assert.deepEqual(shown, ["main", "splash", "main"]);
  assert.equal(outbox.count, 1);
  assert.deepEqual(
    connection.sent.filter(([event]) => event === "send_message"),
    [],
  );
});

test("a state that is not wanted any more opens nothing", async () => {
  const { shown, visit } = open();
  await visit.resync(() => false);
  assert.equal(visit.account, null);
  assert.deepEqual(shown, []);
});

test("leaving while an account is being opened wins", async () => {
  const { shown, visit } = open();
  const coming = visit.resync(() => true);
  await Promise.resolve();
  await Promise.resolve();
  visit.leave();
  await assert.rejects(coming);
  assert.equal(visit.account, null);
  assert.deepEqual(shown, []);
});

test("before anything is there, the page says what is wrong", async () => {
  const { connection, shown } = open();
  connection.become({ name: "waiting", reason: "network" });
  connection.become({ name: "stopped", reason: "suspended" });
  assert.deepEqual(shown, ["splash", "sign-in: This account is suspended."]);
});
