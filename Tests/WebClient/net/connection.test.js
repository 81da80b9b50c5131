// Alice's connection: it resumes, resyncs, notices what is dead, and hears each event once.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../../../nginx/html/net/http.js";
import { admit, connect, welcome } from "../support/chat.js";
import { settle } from "../support/clock.js";

const events = (log) => log.filter(([name]) => name === "new_message").map(([, id]) => id);

test("it loads the state, goes on from its cursor and is welcomed", async () => {
  const chat = connect();
  assert.equal(chat.connection.isOnline, false);
  const socket = await admit(chat);
  assert.equal(socket.url, "wss://chat.example.org/ws?since=10");
  assert.deepEqual(socket.protocols, ["echochat.v1", "bearer.token 1"]);
  assert.deepEqual(chat.log, [["state", "connecting"], ["resync"], ["state", "online"], ["welcome"]]);
  assert.equal(chat.connection.isOnline, true);
});

test("a token that turns out to be of an ended session while the state is loaded is not used any more", async () => {
  const chat = connect();
  chat.snapshot = chat.session.refresh().then(() => ({ cursor: 10, epoch: "e1", userId: "alice" })); // as after a 401
  const socket = await admit(chat);
  assert.deepEqual(socket.protocols, ["echochat.v1", "bearer.token 2"]);
});

test("after a break it resumes from the last event, and hears none twice", async () => {
  const chat = connect();
  const socket = await admit(chat);
  for (const id of [11, 12]) socket.receive({ event: "new_message", id, data: {} });
  socket.end(1006);
  await chat.clock.advance(500);
  const next = await admit(chat);
  assert.equal(next.query("since"), "12");
  for (const id of [12, 13]) next.receive({ event: "new_message", id, data: {} });
  assert.deepEqual(events(chat.log), [11, 12, 13]);
  assert.equal(chat.log.filter(([what]) => what === "resync").length, 1);
});

test("what was in the loaded state is not heard again; what is not durable is always heard", async () => {
  const chat = connect();
  const socket = await admit(chat);
  socket.receive({ event: "new_message", id: 10, data: {} });
  socket.receive({ event: "user_typing", data: "bob" });
  assert.deepEqual(chat.log.slice(-1), [["user_typing", "bob"]]);
  assert.deepEqual(events(chat.log), []);
});

for (const [what, members] of [
  ["cannot go back that far", { resumed: false }],
  ["has another history", { epoch: "e2" }],
  ["takes the page for another user", { user: { user_id: "bob" } }],
]) {
  test(`a server that ${what}: the state is loaded anew, and what arrives meanwhile follows it`, async () => {
    const chat = connect();
    (await admit(chat)).end(1012);
    let arrived;
    chat.snapshot = new Promise((resolve) => (arrived = resolve));
    await chat.clock.advance(1_000);
    const socket = await admit(chat, members);
    for (const id of [20, 21]) socket.receive({ event: "new_message", id, data: {} });
    await settle();
    assert.equal(chat.connection.isOnline, false);
    assert.deepEqual(events(chat.log), []);
    arrived({ cursor: 20, epoch: members.epoch ?? "e1", userId: members.user?.user_id ?? "alice" });
    await settle();
    assert.deepEqual(events(chat.log), [21]);
    assert.deepEqual(chat.log.slice(-3), [["state", "online"], ["welcome"], ["new_message", 21]]);
    assert.deepEqual(chat.connection.position, { cursor: 21, epoch: members.epoch ?? "e1", userId: members.user?.user_id ?? "alice" });
  });
}

test("with a position of an earlier visit nothing is loaded, unless the server cannot go on from there", async () => {
  const position = { cursor: 7, epoch: "e1", userId: "alice" };
  const chat = connect({ position });
  assert.equal((await admit(chat)).query("since"), "7");
  assert.deepEqual(chat.log, [["state", "connecting"], ["state", "online"], ["welcome"]]);

  const late = connect({ position });
  await admit(late, { resumed: false });
  assert.deepEqual(late.log, [["state", "connecting"], ["resync"], ["state", "online"], ["welcome"]]);
  assert.deepEqual(late.connection.position, { cursor: 10, epoch: "e1", userId: "alice" });
  assert.deepEqual(position, { cursor: 7, epoch: "e1", userId: "alice" });
});

test("a state that cannot be loaded is tried again; one that arrives after a stop is not wanted", async () => {
  const asked = [];
  const chat = connect({
    resync: (isWanted) => new Promise((resolve, reject) => asked.push({ isWanted, resolve, reject })),
  });
  await settle();
  asked[0].reject(new Problem({ status: 503 }));
  await settle();
  assert.deepEqual([chat.connection.state.name, chat.connection.state.reason], ["waiting", "server"]);
  await chat.clock.advance(500);
  chat.connection.stop();
  assert.equal(asked[1].isWanted(), false);
  asked[1].resolve({ cursor: 3, epoch: "e1", userId: "alice" });
  await settle();
  assert.deepEqual([chat.WebSocket.all.length, chat.connection.state.name, chat.connection.position], [0, "idle", null]);
});

test("events that wait for the state end with the connection that a listener stops", async () => {
  const chat = connect();
  (await admit(chat)).end(1012);
  await chat.clock.advance(1_000);
  const socket = chat.WebSocket.last;
  chat.connection.addEventListener("server-event", () => chat.connection.stop());
  socket.open();
  socket.receive(welcome({ resumed: false }));
  for (const id of [11, 12]) socket.receive({ event: "new_message", id, data: {} });
  await settle();
  assert.deepEqual(events(chat.log), [11]);
});
