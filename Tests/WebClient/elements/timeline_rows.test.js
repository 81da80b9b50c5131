// Which rows a timeline shows for its messages.

import assert from "node:assert/strict";
import { test } from "node:test";
import { keyOf, rowsOf } from "../../../nginx/html/elements/timeline-rows.js";
import { withSeeds } from "../support/random.js";

const MINUTE = 60_000;
const START = Date.UTC(2026, 1, 5, 10);

const message = (seq, user_id, minutes, more = {}) => ({
  ...{ seq, user_id, client_id: null, reply_to: null },
  created_at: new Date(START + minutes * MINUTE).toISOString(),
  ...more,
});
const dayKey = (iso) => iso.slice(0, 10);
const shape = (options) =>
  rowsOf({ me: "me", dayKey, ...options }).map((row) =>
    row.kind === "message" ? `${row.isGrouped ? "+" : ""}${row.message.seq ?? row.message.client_id}` : row.kind,
  );

test("messages of one user within five minutes stand below one heading", () => {
  const messages = [message(1, "bob", 0), message(2, "bob", 4), message(3, "bob", 10), message(4, "alice", 11)];
  assert.deepEqual(shape({ messages }), ["day", "1", "+2", "3", "4"]);
});

test("an answer has a heading of its own", () => {
  assert.deepEqual(shape({ messages: [message(1, "bob", 0), message(2, "bob", 1, { reply_to: 1 })] }), ["day", "1", "2"]);
});

test("each day begins with a divider and a heading", () => {
  const messages = [message(1, "bob", 0), message(2, "bob", 14 * 60 - 1), message(3, "bob", 14 * 60)];
  assert.deepEqual(shape({ messages }), ["day", "1", "2", "day", "3"]);
});

test("what is new begins with a divider and a heading, also if the first new message is not in the window", () => {
  const messages = [message(5, "bob", 0), message(6, "bob", 1), message(7, "bob", 2)];
  assert.deepEqual(shape({ messages, newSeq: 6 }), ["day", "5", "new", "6", "+7"]);
  assert.deepEqual(shape({ messages, newSeq: 2 }), ["day", "new", "5", "+6", "+7"]);
  assert.deepEqual(shape({ messages, newSeq: 9 }), ["day", "5", "+6", "+7"]);
});

test("an unsent message follows, and keeps its row when the server confirms it", () => {
  const unsent = [{ client_id: "c", content: "Hello", state: "pending", created_at: new Date(START + MINUTE).toISOString() }];
  const before = rowsOf({ messages: [message(1, "me", 0)], unsent, me: "me", dayKey });
  const after = rowsOf({ messages: [message(1, "me", 0), message(2, "me", 1, { client_id: "c" })], unsent, me: "me", dayKey });
  assert.deepEqual(
    before.map(({ key }) => key),
    after.map(({ key }) => key),
  );
  assert.equal(after.length, 3);
  assert.equal(before[2].message.user_id, "me");
});

test("a client_id of another user names nothing here", () => {
  assert.equal(keyOf(message(3, "bob", 0, { client_id: "c" }), "me"), "3");
});

test("whatever the times: each message once and in order, keys that differ, a divider before each day", () =>
  withSeeds(200, (random) => {
    const messages = Array.from({ length: random.below(30) }, (_, index) =>
      message(index + 1, random.pick(["me", "bob", "alice"]), random.below(5_000)),
    );
    const newSeq = random.pick([null, 1, 10, 40]);
    const rows = rowsOf({ messages, me: "me", dayKey, newSeq });
    const shown = rows.filter(({ kind }) => kind === "message");
    assert.deepEqual(
      shown.map((row) => row.message.seq),
      messages.map(({ seq }) => seq),
    );
    assert.equal(new Set(rows.map(({ key }) => key)).size, rows.length);
    assert.equal(rows.filter(({ kind }) => kind === "new").length, newSeq && newSeq <= messages.length ? 1 : 0);
    let day = "";
    rows.forEach((row, index) => {
      if (row.kind === "day") day = dayKey(row.at);
      if (row.kind !== "message") return;
      assert.equal(dayKey(row.message.created_at), day);
      if (row.isGrouped) assert.equal(rows[index - 1].message.user_id, row.message.user_id);
    });
  }));
