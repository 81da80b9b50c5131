// How the client goes on after a connection has closed: the contract's table.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../../../nginx/html/net/http.js";
import { afterClose, afterProblem, retryAfterIn } from "../../../nginx/html/net/reconnect.js";
import { randomFrom } from "../support/environment.js";

const now = () => 0;
const latest = () => 1 - Number.EPSILON;
const first = { attempt: 0, random: latest };

const TABLE = [
  // code, action, reason, refresh, mandatory, longest wait of the first attempt
  [1000, "stop", "closed"],
  [1001, "retry", "restarting", false, false, 1_000],
  [1002, "stop", "protocol_error"],
  [1003, "stop", "protocol_error"],
  [1006, "retry", "network", false, false, 500],
  [1007, "stop", "protocol_error"],
  [1008, "stop", "protocol_error"],
  [1009, "stop", "protocol_error"],
  [1011, "retry", "server", false, false, 500],
  [1012, "retry", "restarting", false, false, 1_000],
  [1013, "retry", "server", false, false, 500],
  [4001, "login"],
  [4003, "stop", "suspended"],
  [4008, "retry", "rate_limited", false, true, 5_250],
  [4009, "retry", "token_expired", true, false, 0],
  [4010, "retry", "too_slow", false, false, 250],
  [4011, "stop", "auth_timeout"],
];

for (const [code, action, reason, refresh, mandatory, delayMs] of TABLE) {
  test(`after ${code}: ${action}`, () => {
    const next = afterClose(code, first);
    if (action === "login") assert.deepEqual(next, { action });
    else if (action === "stop") assert.deepEqual(next, { action, reason });
    else assert.deepEqual(next, { action, reason, refresh, mandatory, delayMs });
  });
}

test("waits double from half a second up to half a minute, and are spread over their upper half", () => {
  for (let attempt = 0; attempt < 40; attempt += 1) {
    const ceiling = Math.min(30_000, 500 * 2 ** attempt);
    assert.equal(afterClose(1006, { attempt, random: now }).delayMs, Math.round(ceiling / 2));
    assert.equal(afterClose(1006, { attempt, random: latest }).delayMs, ceiling);
  }
});

test("only the first return after a restart is immediate", () => {
  for (const code of [1001, 1012, 4009, 4010]) {
    assert.equal(afterClose(code, { attempt: 0, random: now }).delayMs, 0);
    assert.equal(afterClose(code, { attempt: 1, random: now }).delayMs, 250);
    assert.equal(afterClose(code, { attempt: 4, random: now }).delayMs, 2_000);
  }
});

test("the server's own wait is kept", () => {
  const random = randomFrom(3);
  for (const code of [1006, 1011, 1013]) assert.equal(afterClose(code, { attempt: 0, retryAfterMs: 7_000, random }).delayMs, 7_000);
  const limited = afterClose(4008, { attempt: 0, retryAfterMs: 7_000, random }).delayMs;
  assert.ok(limited >= 7_000 && limited <= 7_250, `${limited}`);
});

test("a problem before the handshake: sign in, stop, or try again", () => {
  assert.deepEqual(afterProblem(new Problem({ status: 401 }), first), { action: "login" });
  assert.deepEqual(afterProblem(new Problem({ status: 403, code: "suspended" }), first), { action: "stop", reason: "suspended" });
  assert.deepEqual(afterProblem(new Problem({ status: 403, code: "email_unverified" }), first), {
    action: "stop",
    reason: "email_unverified",
  });
  assert.deepEqual(afterProblem(new Problem({ status: 403 }), first), { action: "stop", reason: "forbidden" });
  assert.equal(afterProblem(new Problem({ status: 0, code: "network" }), first).reason, "network");
  assert.equal(afterProblem(new Problem({ status: 503 }), first).reason, "server");
  const limited = afterProblem(new Problem({ status: 429, retry_after_ms: 9_000 }), first);
  assert.deepEqual([limited.reason, limited.delayMs, limited.mandatory], ["rate_limited", 9_000, false]);
});

test("a fault of the page itself is told to its console, and tried again", (t) => {
  const error = new TypeError("x is not a function");
  const told = t.mock.method(console, "error", () => {});
  assert.equal(afterProblem(error, first).reason, "server");
  assert.deepEqual(told.mock.calls[0].arguments, [error]);
});

test("the wait is read from a close reason", () => {
  assert.equal(retryAfterIn('{"retry_after_ms": 1500}'), 1_500);
  assert.equal(retryAfterIn("retry_after_ms=250"), 250);
  assert.equal(retryAfterIn("1500"), 1_500);
  assert.equal(retryAfterIn("too many messages"), null);
  assert.equal(retryAfterIn(undefined), null);
});
