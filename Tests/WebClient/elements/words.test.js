// What the page says of the connection and of what went wrong.

import assert from "node:assert/strict";
import { test } from "node:test";
import { connectionWords } from "../../../nginx/html/elements/connection-words.js";
import { problemText } from "../../../nginx/html/elements/problem-text.js";
import { Problem } from "../../../nginx/html/net/client.js";
import { Texts } from "../../../nginx/html/parts/texts.js";
import { words } from "../../../nginx/html/texts/en.js";

const texts = new Texts("en", words);
const page = { origin: "https://chat.example", isOnline: true };
const say = (state, there = page) => connectionWords(texts.t, state, there);

test("the page says what the server has refused", () => {
  assert.match(say({ name: "waiting", reason: "origin" }), /https:\/\/chat\.example/);
  assert.equal(say({ name: "stopped", reason: "suspended" }), "This account is suspended.");
  assert.equal(say({ name: "stopped", reason: "closed" }), "The server ended this connection.");
  assert.equal(say({ name: "waiting", reason: "network" }), "Connection lost.");
  assert.equal(say({ name: "waiting", reason: "network" }, { ...page, isOnline: false }), "You are offline.");
  assert.equal(say({ name: "idle" }), "");
  const reasons = ["network", "offline", "origin", "handshake", "restarting", "server", "rate_limited", "token_expired", "too_slow"];
  for (const reason of reasons) assert.doesNotMatch(say({ name: "waiting", reason }), /[{}]|connection\./);
  for (const reason of ["suspended", "email_unverified", "forbidden", "closed", "protocol_error", "auth_timeout"]) {
    assert.doesNotMatch(say({ name: "stopped", reason }), /[{}]|^\w+\./);
  }
});

test("a problem is said by its code, else as the server says it", () => {
  const of = (members) => problemText(texts, new Problem(members));
  assert.equal(of({ status: 0, code: "network", detail: "x" }), "The server cannot be reached.");
  assert.equal(of({ code: "connection_lost" }), "The server cannot be reached.");
  assert.equal(of({ status: 429, code: "rate_limited", retry_after_ms: 1_500 }), "Too fast. Wait 2 seconds.");
  assert.equal(of({ status: 429, code: "some_limit" }), "Too fast. Wait 1 second.");
  assert.equal(of({ status: 409, code: "of_a_newer_server", detail: "The moon is full." }), "The moon is full.");
  assert.equal(of({ status: 422, code: "invalid_field", errors: [{ detail: "Too long." }] }), "This cannot be used: Too long.");
  assert.equal(problemText(texts, new Error("A bug.")), "A bug.");
});
