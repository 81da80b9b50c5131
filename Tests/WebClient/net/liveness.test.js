// How soon the client notices that the network is gone, and what it says of it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../../../nginx/html/net/http.js";
import { admit, connect } from "../support/chat.js";
import { settle } from "../support/clock.js";
import { fakeEnvironment } from "../support/environment.js";
import { fakeFetch, json, problem } from "../support/fetch.js";

const pings = (socket) => socket.take().filter(({ event }) => event === "ping").length;

test("silence is broken by one ping; a frame in answer keeps the connection, and none ends it", async () => {
  const chat = connect();
  const socket = await admit(chat);
  await chat.clock.advance(24_999);
  assert.equal(pings(socket), 0);
  await chat.clock.advance(1);
  assert.equal(pings(socket), 1);
  await chat.clock.advance(5_999);
  socket.receive({ event: "pong" });
  await chat.clock.advance(24_999);
  assert.equal(pings(socket), 0);
  await chat.clock.advance(1 + 5_999);
  assert.deepEqual([pings(socket), chat.connection.isOnline], [1, true]);
  await chat.clock.advance(1);
  assert.deepEqual([chat.connection.state.name, chat.connection.state.reason], ["waiting", "network"]);
  assert.ok(socket.closedWith);
});

test("the server says how long a silence is", async () => {
  const chat = connect();
  const socket = await admit(chat, { heartbeat_ms: 4_000 });
  await chat.clock.advance(4_000);
  assert.equal(pings(socket), 1);
});

test("any frame puts the ping off", async () => {
  const chat = connect();
  const socket = await admit(chat);
  for (let second = 0; second < 100; second += 20) {
    await chat.clock.advance(20_000);
    socket.receive({ event: "user_typing", data: {} });
  }
  assert.deepEqual([pings(socket), chat.connection.isOnline], [0, true]);
});

test("a cut network is noticed within ten seconds of a command", async () => {
  const chat = connect();
  const socket = await admit(chat);
  const sent = assert.rejects(chat.connection.command("send_message", { content: "Hello" }), { code: "connection_lost" });
  await chat.clock.advance(2_999);
  assert.equal(pings(socket), 0);
  await chat.clock.advance(1);
  assert.equal(pings(socket), 1);
  await chat.clock.advance(5_999);
  assert.equal(chat.connection.isOnline, true);
  await chat.clock.advance(1);
  assert.equal(chat.connection.state.name, "waiting");
  await sent;
});

test("a server that is slow with one command, but answers the ping, is kept; many slow commands send one ping", async () => {
  const chat = connect();
  const socket = await admit(chat);
  const commands = [1, 2, 3].map(() => chat.connection.command("mark", {}));
  await chat.clock.advance(3_000);
  assert.equal(socket.sent.filter(({ event }) => event === "ping").length, 1);
  socket.receive({ event: "pong" });
  await chat.clock.advance(6_000);
  for (let count = 0; count < 3; count += 1) socket.answer("mark", { count });
  assert.deepEqual(await Promise.all(commands), [{ count: 0 }, { count: 1 }, { count: 2 }]);
  assert.equal(chat.WebSocket.all.length, 1);
});

test("a connection that died while the computer slept is found dead soon after it wakes", async () => {
  const chat = connect();
  const socket = await admit(chat);
  chat.clock.sleep(3_600_000);
  chat.environment.signals.dispatchEvent(new Event("wake"));
  assert.equal(pings(socket), 1);
  await chat.clock.advance(6_000);
  assert.equal(chat.connection.isOnline, false);
});

test("a browser that goes offline: closed at once, back at once when it wakes", async () => {
  const chat = connect();
  const socket = await admit(chat);
  const command = assert.rejects(chat.connection.command("mark", {}), { code: "connection_lost" });
  chat.environment.signals.dispatchEvent(new Event("offline"));
  assert.deepEqual([chat.connection.state.name, chat.connection.state.reason], ["waiting", "offline"]);
  assert.ok(socket.closedWith);
  await command;
  await chat.clock.advance(29_999);
  assert.equal(chat.WebSocket.all.length, 1);
  chat.environment.signals.dispatchEvent(new Event("wake"));
  await settle();
  assert.equal(chat.WebSocket.all.length, 2);
});

test("a browser that is wrong about the network: it is tried every half minute", async () => {
  const chat = connect();
  await admit(chat);
  chat.environment.signals.dispatchEvent(new Event("offline"));
  await chat.clock.advance(30_000);
  await admit(chat);
  assert.equal(chat.connection.isOnline, true);
});

test("going offline changes nothing for who is signed out, stopped or told to wait", async () => {
  for (const code of [4001, 4003, 4008]) {
    const chat = connect();
    (await admit(chat)).end(code);
    const { state } = chat.connection;
    chat.environment.signals.dispatchEvent(new Event("offline"));
    assert.equal(chat.connection.state, state);
  }
  const chat = connect();
  await admit(chat);
  chat.connection.stop();
  chat.environment.signals.dispatchEvent(new Event("offline"));
  chat.environment.signals.dispatchEvent(new Event("wake"));
  await settle();
  assert.deepEqual([chat.connection.state.name, chat.WebSocket.all.length], ["idle", 1]);
});

test("a handshake that nobody answers is given up after ten seconds", async () => {
  const chat = connect();
  await chat.clock.advance(9_999);
  assert.equal(chat.connection.state.name, "connecting");
  await chat.clock.advance(1);
  assert.equal(chat.connection.state.name, "waiting");
});

/** Refuses handshakes until the client says why; returns what it says, and what it asked. */
async function refused(respond) {
  const fetch = fakeFetch(respond);
  const chat = connect({ environment: fakeEnvironment({ fetch }) });
  const reasons = [];
  for (let attempt = 0; attempt < 3; attempt += 1) {
    await settle();
    chat.WebSocket.last.end(1006);
    reasons.push(chat.connection.state.reason);
    await chat.clock.advance(chat.connection.state.until - chat.clock.now());
  }
  return { reasons, chat, requests: fetch.requests };
}

for (const [what, respond, reason] of [
  ["a proxy rewrites the header Host", () => problem(403, "forbidden"), "origin"],
  ["a proxy does not pass WebSockets on", () => problem(405, "method_not_allowed"), "handshake"],
  ["another program answers at that path", () => json(200, {}), "handshake"],
  ["there are too many connections", () => problem(429, "too_many_connections"), "rate_limited"],
  ["the daemon is away", () => problem(503, "unavailable"), "server"],
  ["the network is down again", () => null, "network"],
]) {
  test(`handshakes fail though a new token arrives: ${what}`, async () => {
    const { reasons, chat, requests } = await refused(respond);
    assert.deepEqual(reasons, ["network", "network", reason]);
    assert.equal(chat.session.refreshes, 1);
    assert.deepEqual(
      requests.map(({ method, url }) => `${method} ${url}`),
      ["POST https://chat.example.org/ws"],
    );
  });
}

test("once the server lets the page in, the refusal is forgotten", async () => {
  const { chat } = await refused(() => problem(403, "forbidden"));
  (await admit(chat)).end(1006);
  assert.equal(chat.connection.state.reason, "network");
});

test("a token that cannot be refreshed is not the fault of the handshake", async () => {
  const chat = connect();
  for (let attempt = 0; attempt < 2; attempt += 1) {
    await settle();
    chat.WebSocket.last.end(1006);
    chat.session.problem = new Problem({ status: 401 });
    await chat.clock.advance(chat.connection.state.until - chat.clock.now());
  }
  assert.equal(chat.connection.state.name, "signed-out");
});
