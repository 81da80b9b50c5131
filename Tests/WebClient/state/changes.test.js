// Listeners are told what has changed, once a frame.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Changes } from "../../../nginx/html/state/changes.js";

function made() {
  const runs = [];
  const changes = new Changes({ schedule: (run) => runs.push(run) });
  const frame = () => {
    for (const run of runs.splice(0)) run();
  };
  return { changes, runs, frame };
}

test("a burst is one call with the list of what has changed", () => {
  const { changes, runs, frame } = made();
  const calls = [];
  changes.watch("rooms", (deltas) => calls.push(deltas));
  changes.tell("rooms", { room: "a", what: "changed" });
  changes.tell("rooms", { room: "b", what: "changed" });
  changes.tell("users", { user: "u", what: "changed" });
  assert.deepEqual([runs.length, calls.length], [1, 0]);
  frame();
  assert.deepEqual(calls, [
    [
      { room: "a", what: "changed" },
      { room: "b", what: "changed" },
    ],
  ]);
  frame();
  assert.equal(calls.length, 1);
});

test("equal changes of one frame are told once, in the place of the last", () => {
  const { changes, frame } = made();
  const told = [];
  changes.watch("rooms", (deltas) => told.push(...deltas.map(({ what }) => what)));
  for (const what of ["added", "removed", "added"]) changes.tell("rooms", { room: "a", what });
  frame();
  assert.deepEqual(told, ["removed", "added"]);
});

test("who stops watching hears no more, even in the same frame; another watcher goes on", () => {
  const { changes, frame } = made();
  const told = [];
  const unwatchers = [];
  changes.watch("me", () => {
    for (const unwatch of unwatchers) unwatch();
  });
  unwatchers.push(changes.watch("me", () => told.push("gone")));
  changes.watch("me", () => told.push("stays"));
  changes.tell("me");
  frame();
  changes.tell("me");
  frame();
  assert.deepEqual(told, ["stays", "stays"]);
});

test("one listener that watches twice is called twice, and ends each by itself", () => {
  const { changes, frame } = made();
  let count = 0;
  const listener = () => (count += 1);
  const unwatch = changes.watch("me", listener);
  changes.watch("me", listener);
  changes.tell("me");
  frame();
  assert.equal(count, 2);
  unwatch();
  changes.tell("me");
  frame();
  assert.equal(count, 3);
});

test("what a listener tells comes with the next frame", () => {
  const { changes, frame } = made();
  const told = [];
  changes.watch("a", () => changes.tell("b"));
  changes.watch("b", () => told.push("b"));
  changes.tell("a");
  frame();
  assert.deepEqual(told, []);
  frame();
  assert.deepEqual(told, ["b"]);
});

test("nothing is kept for a topic that nobody watches", () => {
  const { changes, runs, frame } = made();
  changes.tell("me");
  assert.equal(runs.length, 0);
  const told = [];
  changes.watch("me", (deltas) => told.push(deltas));
  frame();
  assert.deepEqual(told, []);
});

test("a listener that throws does not keep the others from being called", () => {
  const { changes, frame } = made();
  const told = [];
  changes.watch("me", () => {
    throw new Error("broken");
  });
  changes.watch("me", () => told.push("second"));
  changes.tell("me");
  assert.throws(frame, /broken/);
  changes.tell("me");
  assert.throws(frame, /broken/);
  assert.deepEqual(told, ["second", "second"]);
});
