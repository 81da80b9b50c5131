// Commands and their replies, waits between attempts, and tokens of an open connection.

import assert from "node:assert/strict";
import { test } from "node:test";
import { admit, connect } from "../support/chat.js";
import { settle } from "../support/clock.js";
import { fakeEnvironment } from "../support/environment.js";

test("a command is answered by its ref; a connection that ends answers all that wait", async () => {
  const chat = connect();
  const socket = await admit(chat);
  const [good, bad, open] = ["send_message", "mark", "typing"].map((event) => chat.connection.command(event, { room_id: "r" }));
  bad.catch(() => {});
  open.catch(() => {});
  socket.answer("send_message", { message: { seq: 1 } });
  socket.refuse("mark", { code: "forbidden", detail: "No." });
  assert.deepEqual(await good, { message: { seq: 1 } });
  await assert.rejects(bad, { code: "forbidden", message: "No.", status: 400 });
  socket.end(1012);
  await assert.rejects(open, { code: "connection_lost", isTransient: true });
  await assert.rejects(chat.connection.command("mark", {}), { code: "connection_lost" });
});

test("a command without an answer fails after ten seconds, and its late answer does no harm", async () => {
  const chat = connect();
  const socket = await admit(chat);
  const command = assert.rejects(chat.connection.command("mark", {}), { code: "timeout" });
  await chat.clock.advance(8_000);
  socket.receive({ event: "pong" });
  await chat.clock.advance(2_000);
  await command;
  socket.answer("mark");
  assert.equal(chat.connection.isOnline, true);
});

test("an expired token is refreshed before the next handshake, at once", async () => {
  const chat = connect();
  (await admit(chat)).end(4009);
  assert.equal(chat.connection.state.reason, "token_expired");
  const socket = await admit(chat);
  assert.deepEqual([socket.protocols[1], chat.session.refreshes], ["bearer.token 2", 1]);
});

test("an open connection gets each new token a moment after it is due", async () => {
  const chat = connect({ lifetimeMs: 60_000 });
  const socket = await admit(chat);
  for (const token of ["token 2", "token 3"]) {
    for (let second = 0; second < 60; second += 20) {
      socket.receive({ event: "pong" });
      await chat.clock.advance(20_000);
    }
    assert.throws(() => socket.answer("authenticate"));
    await chat.clock.advance(100);
    assert.deepEqual(socket.answer("authenticate").data, { token });
    await settle();
  }
  assert.equal(chat.WebSocket.all.length, 1);
});

test("a rate limit's wait cannot be cut short; any other ends with a wake", async () => {
  const chat = connect();
  const socket = await admit(chat);
  socket.receive({ event: "error", data: { code: "rate_limited", retry_after_ms: 20_000 } });
  socket.end(4008);
  assert.equal(chat.connection.state.mandatory, true);
  chat.environment.signals.dispatchEvent(new Event("wake"));
  chat.connection.retryNow();
  await chat.clock.advance(19_999);
  assert.equal(chat.WebSocket.all.length, 1);
  await chat.clock.advance(251);
  assert.equal(chat.WebSocket.all.length, 2);
  chat.WebSocket.last.end(1013, "retry_after_ms=9000");
  assert.equal(chat.connection.state.mandatory, false);
  chat.environment.signals.dispatchEvent(new Event("wake"));
  await settle();
  assert.equal(chat.WebSocket.all.length, 3);
});

for (const [code, name] of [
  [4001, "signed-out"],
  [4003, "stopped"],
]) {
  test(`after ${code} nothing is tried until the user acts`, async () => {
    const chat = connect();
    (await admit(chat)).end(code);
    chat.environment.signals.dispatchEvent(new Event("wake"));
    await chat.clock.advance(3_600_000);
    assert.deepEqual([chat.connection.state.name, chat.WebSocket.all.length, chat.clock.waiting], [name, 1, 0]);
    chat.connection.retryNow();
    await settle();
    assert.equal(chat.WebSocket.all.length, name === "stopped" ? 2 : 1);
  });
}

test("a server that restarts is met again at once if the connection had lasted, else after a while", async () => {
  const environment = fakeEnvironment();
  environment.random = () => 0;
  const chat = connect({ environment });
  for (const [lastsMs, waitMs] of [
    [0, 0],
    [4_999, 250],
    [5_000, 0],
    [5_000, 0],
  ]) {
    const socket = await admit(chat);
    await chat.clock.advance(lastsMs);
    socket.end(1012);
    assert.equal(chat.connection.state.until - chat.clock.now(), waitMs);
    await chat.clock.advance(waitMs);
  }
});

test("a listener that stops the connection stops it for good, in whatever state it hears of", async () => {
  for (const name of ["connecting", "online", "waiting"]) {
    const chat = connect();
    chat.connection.addEventListener("state", ({ detail }) => {
      if (detail.name === name) chat.connection.stop();
    });
    if (name === "connecting") {
      await admit(chat);
      chat.WebSocket.last.end(1006);
      await chat.clock.advance(500);
    } else {
      (await admit(chat)).end(1006);
    }
    await chat.clock.advance(60_000);
    assert.deepEqual([chat.connection.state.name, chat.clock.waiting, chat.WebSocket.all.length], ["idle", 0, 1], name);
    assert.equal(
      chat.log.some(([what]) => what === "welcome"),
      name !== "online",
    );
  }
});

test("what is no JSON, and what nobody knows, does no harm", async (t) => {
  const warned = t.mock.method(console, "warn", () => {});
  const chat = connect();
  const socket = await admit(chat);
  socket.receive("{");
  socket.receive({ event: "ok", ref: "never sent" });
  socket.receive({ event: "brand_new", id: 11, data: {} });
  assert.deepEqual([chat.log.at(-1), warned.mock.callCount()], [["brand_new", 11], 1]);
});
