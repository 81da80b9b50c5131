// What the layout is decided by, without a page: the phases of a frame, which rows move, where a popover stands.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Frame, frameSchedule } from "../../../nginx/html/parts/frame.js";
import { longestRising } from "../../../nginx/html/parts/list.js";
import { placeOf } from "../../../nginx/html/parts/popover.js";
import { FakeClock } from "../support/clock.js";
import { withSeeds } from "../support/random.js";

/** A frame whose time comes when the test says so. */
function manualFrame() {
  const planned = [];
  const frame = new Frame((run) => planned.push(run));
  const pass = () => {
    for (const run of planned.splice(0)) run();
  };
  return { frame, planned, pass };
}

test("a frame reads first, then writes, then settles, in whatever order that was asked for", () => {
  const { frame, planned, pass } = manualFrame();
  const done = [];
  frame.settle(() => done.push("settle"));
  frame.write(() => done.push("write 1"));
  frame.read(() => done.push("read 1"));
  frame.write(() => done.push("write 2"));
  frame.read(() => done.push("read 2"));
  assert.equal(planned.length, 1);
  pass();
  assert.deepEqual(done, ["read 1", "read 2", "write 1", "write 2", "settle"]);
});

test("what a reading asks for belongs to the same frame, what a writing wants to read to the next", () => {
  const { frame, planned, pass } = manualFrame();
  const done = [];
  frame.read(() => {
    frame.read(() => done.push("read"));
    frame.write(() => {
      done.push("write");
      frame.read(() => done.push("read after write"));
    });
  });
  pass();
  assert.deepEqual(done, ["read", "write"]);
  assert.equal(planned.length, 1);
  pass();
  assert.deepEqual(done, ["read", "write", "read after write"]);
  assert.equal(planned.length, 0);
});

test("one that fails does not keep the others from being drawn, and its error is not swallowed", async () => {
  const { frame, pass } = manualFrame();
  const done = [];
  frame.write(() => {
    throw new Error("a broken row");
  });
  frame.write(() => done.push("drawn"));
  const failed = new Promise((resolve) => {
    const before = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    process.once("uncaughtException", (error) => {
      for (const listener of before) process.on("uncaughtException", listener);
      resolve(error);
    });
  });
  pass();
  assert.deepEqual(done, ["drawn"]);
  assert.equal((await failed).message, "a broken row");
});

test("as few rows move as possible", () => {
  assert.deepEqual(longestRising([1, 2, 0]), [0, 1]);
  assert.deepEqual(longestRising([]), []);
  withSeeds(300, (random) => {
    const numbers = Array.from({ length: random.below(9) }, (_, index) => index).sort(() => random.next() - 0.5);
    const rising = longestRising(numbers);
    assert.ok(rising.every((index, place) => place === 0 || (rising[place - 1] < index && numbers[rising[place - 1]] < numbers[index])));
    const lengths = []; // the longest that ends at each place, the simple way
    for (const [index, number] of numbers.entries()) {
      lengths.push(1 + Math.max(0, ...lengths.filter((_, before) => before < index && numbers[before] < number)));
    }
    assert.equal(rising.length, Math.max(0, ...lengths), String(numbers));
  });
});

test("a popover stands where there is room, and always in the view", () => {
  const view = { width: 400, height: 600 };
  const size = { width: 100, height: 200, isLeft: true, view };
  const beside = { left: 50, right: 80, top: 100, bottom: 120 };
  assert.deepEqual(placeOf({ ...size, beside, side: "below" }), { left: 50, top: 124 });
  assert.deepEqual(placeOf({ ...size, beside: { ...beside, top: 500, bottom: 520 }, side: "below" }), { left: 50, top: 296 });
  assert.deepEqual(placeOf({ ...size, beside: { ...beside, top: 500, bottom: 520 }, side: "above" }), { left: 50, top: 296 });
  assert.deepEqual(placeOf({ ...size, beside, side: "above" }), { left: 50, top: 124 });
  assert.deepEqual(placeOf({ ...size, beside: { ...beside, left: 380, right: 399 }, side: "below" }).left, 292);
  assert.deepEqual(placeOf({ ...size, isLeft: false, beside, side: "below" }).left, 8);
  assert.equal(placeOf({ ...size, height: 900, beside, side: "below" }).top, 8);
});

test("a visible page is drawn with its next frame; a hidden one after 250 ms, once", async () => {
  const clock = new FakeClock();
  const frames = new Map();
  const page = {
    document: { visibilityState: "visible" },
    requestAnimationFrame: (run) => frames.set(frames.size + 1, run).size,
    cancelAnimationFrame: (id) => frames.delete(id),
    setTimeout: clock.setTimeout,
    clearTimeout: clock.clearTimeout,
  };
  let count = 0;
  const schedule = frameSchedule(page);
  schedule(() => (count += 1));
  for (const run of [...frames.values()]) run();
  await clock.advance(1_000);
  assert.equal(count, 1);
  schedule(() => (count += 1)); // the page is hidden before the frame comes
  await clock.advance(250);
  assert.deepEqual([count, frames.size], [2, 0]);
  page.document.visibilityState = "hidden";
  schedule(() => (count += 1));
  assert.equal(frames.size, 0);
  await clock.advance(250);
  assert.equal(count, 3);
});
