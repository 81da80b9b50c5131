// What only the user sees of themself reaches the page, and stays there as it was told last.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { settle } from "../support/clock.js";
import { DetailEvent, open, stored, user } from "../support/visit.js";

beforeEach(() => stored.clear());

const tell = ({ connection }, id, data) =>
  connection.dispatchEvent(new DetailEvent("server-event", { event: "user_updated", id, data: { ...user("alice"), ...data } }));

test("the address and the rights of the user come after the rooms, and change with events", async () => {
  const page = open();
  const { come, context, own } = page;
  await come();
  assert.deepEqual([context.store.me.email, context.store.me.operator], ["alice@example.org", false]);
  let drawn = 0;
  context.changes.watch("me", () => (drawn += 1));
  await settle();
  drawn = 0;
  tell(page, 6, { ...own, operator: true, pending_email: "alice@new.example.org" });
  await settle();
  assert.equal(drawn, 1);
  assert.deepEqual([context.store.me.operator, context.store.me.pending_email], [true, "alice@new.example.org"]);
  tell(page, 7, { display_name: "Alicia" }); // as the others hear it
  assert.deepEqual([context.store.me.display_name, context.store.me.operator], ["Alicia", true]);
});

test("an event that overtakes the answer wins", async () => {
  const page = open();
  const { api, come, context, own } = page;
  let answer = () => {};
  api.me = () => new Promise((resolve) => (answer = () => resolve({ ...user("alice"), ...own, email_verified: false })));
  await come();
  tell(page, 6, own);
  answer();
  await settle();
  assert.equal(context.store.me.email_verified, true);
});

test("after missed events the account is asked for anew, and until then it stays as it was", async () => {
  const { api, come, context, own } = open();
  await come();
  own.operator = true;
  const { me } = api;
  api.me = () => Promise.reject(new Error("no network"));
  await come();
  assert.deepEqual([context.store.me.email, context.store.me.operator], ["alice@example.org", false]);
  api.me = me;
  await come();
  assert.equal(context.store.me.operator, true);
});

test("the next visit has it at once, and asks no more: events bring what has changed", async () => {
  const { come, databases, environment, visit } = open();
  await come();
  await environment.clock.advance(2_000);
  await settle();
  visit.account.stop();
  const next = open({ databases });
  let requests = 0;
  next.api.me = async () => (requests += 1);
  await next.visit.begin();
  assert.equal(next.context.store.me.email, "alice@example.org");
  next.connection.become({ name: "online" });
  next.connection.dispatchEvent(new DetailEvent("welcome", { limits: {} }));
  await settle();
  assert.equal(requests, 0);
});

test("what an event has changed is kept soon, not only when the page goes", async () => {
  const page = open();
  const { come, connection, databases, environment, own } = page;
  await come();
  connection.position = { cursor: 6, epoch: "one", userId: "alice" };
  tell(page, 6, { ...own, display_name: "Alicia" });
  await environment.clock.advance(2_000);
  await settle();
  const next = open({ databases }); // the page went without a word
  await next.visit.begin();
  assert.deepEqual([next.context.store.me.display_name, next.connection.starts[0].cursor], ["Alicia", 6]);
});
