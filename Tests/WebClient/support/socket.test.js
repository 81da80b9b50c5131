// The other end of a WebSocket, as the tests play it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeWebSocket } from "./socket.js";

function opened() {
  const WebSocket = fakeWebSocket();
  const heard = [];
  const socket = new WebSocket("ws://example.org/ws?since=5", ["echochat.v1", "bearer.x"]);
  socket.onmessage = ({ data }) => heard.push(JSON.parse(data));
  socket.open();
  return { WebSocket, socket, heard };
}

test("each class has its own sockets", () => {
  const { WebSocket, socket } = opened();
  assert.equal(WebSocket.last, socket);
  assert.equal(opened().WebSocket.all.length, 1);
  assert.equal(socket.query("since"), "5");
});

test("a command is answered once, by its ref", () => {
  const { socket, heard } = opened();
  socket.send('{"event":"mark","ref":"c1"}');
  socket.send('{"event":"mark","ref":"c2"}');
  socket.answer("mark", { done: 1 });
  socket.refuse("mark", { code: "no" });
  assert.deepEqual(heard, [
    { event: "ok", data: { done: 1 }, ref: "c1" },
    { event: "error", data: { code: "no" }, ref: "c2" },
  ]);
  assert.throws(() => socket.answer("mark"), /no mark/);
});

test("nothing is sent before the handshake, and nothing is heard after the end", () => {
  const WebSocket = fakeWebSocket();
  const socket = new WebSocket("ws://example.org/ws");
  const heard = [];
  socket.onmessage = ({ data }) => heard.push(data);
  assert.throws(() => socket.send("{}"), /InvalidState/);
  socket.receive({ event: "early" });
  socket.open();
  socket.end(1012);
  socket.receive({ event: "late" });
  socket.send("{}");
  assert.deepEqual([heard, socket.sent], [[], []]);
});

test("a close code that browsers refuse is refused", () => {
  assert.throws(() => opened().socket.close(1012), /InvalidAccess/);
});
