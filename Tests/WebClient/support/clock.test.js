// The clock, the environment and the socket of the tests do what the tests believe.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock, settle } from "./clock.js";
import { fakeEnvironment, fakeLock, randomFrom } from "./environment.js";

test("timers run at their time, in their order, and those that a timer starts as well", async () => {
  const clock = new FakeClock(1_000);
  const log = [];
  const note = (name) => () => log.push([name, clock.now()]);
  clock.setTimeout(note("late"), 300);
  clock.setTimeout(note("same, second"), 200);
  const cancelled = clock.setTimeout(note("cancelled"), 100);
  clock.setTimeout(() => clock.setTimeout(note("nested"), 50), 200);
  clock.clearTimeout(cancelled);
  assert.equal(clock.nextIn, 200);
  await clock.advance(299);
  assert.deepEqual(log, [
    ["same, second", 1_200],
    ["nested", 1_250],
  ]);
  assert.equal(clock.now(), 1_299);
  await clock.advance(1);
  assert.deepEqual(log.at(-1), ["late", 1_300]);
  assert.equal(clock.waiting, 0);
});

test("promises settle between two timers, however long their chain", async () => {
  const clock = new FakeClock();
  const log = [];
  clock.setTimeout(async () => {
    for (let i = 0; i < 50; i += 1) await null;
    log.push("chain");
  }, 10);
  clock.setTimeout(() => log.push("second"), 20);
  await clock.advance(20);
  assert.deepEqual(log, ["chain", "second"]);
});

test("a timer that starts itself again at once is an error", async () => {
  const clock = new FakeClock();
  const again = () => clock.setTimeout(again, 0);
  again();
  const stopped = assert.rejects(clock.advance(1), /timers ran/);
  await stopped;
});

test("a computer that sleeps runs no timer; what is overdue runs when it wakes", async () => {
  const clock = new FakeClock(0);
  const log = [];
  clock.setTimeout(() => log.push(clock.now()), 100);
  clock.sleep(5_000);
  await settle();
  assert.deepEqual(log, []);
  await clock.advance(0);
  assert.deepEqual(log, [5_000]);
});

test("the same seed gives the same numbers; all lie from 0 to 1", () => {
  const [one, same, other] = [7, 7, 8].map((seed) => Array.from({ length: 1_000 }, randomFrom(seed)));
  assert.deepEqual(one, same);
  assert.notDeepEqual(one, other);
  assert.ok(one.every((number) => number >= 0 && number < 1));
  assert.ok(Math.abs(one.reduce((sum, number) => sum + number, 0) / 1_000 - 0.5) < 0.05);
});

test("a lock lets one at a time work, also after a failure, and gives each its own result", async () => {
  const lock = fakeLock();
  const log = [];
  const work = (name) => async () => {
    log.push(`${name} in`);
    await settle();
    log.push(`${name} out`);
    if (name === "a") throw new Error(name);
    return name;
  };
  const [a, b, c] = [lock("x", work("a")), lock("x", work("b")), lock("y", work("c"))];
  await assert.rejects(a, /a/);
  assert.equal(await b, "b");
  assert.equal(await c, "c");
  assert.ok(log.indexOf("b in") > log.indexOf("a out"));
  assert.ok(log.indexOf("c in") < log.indexOf("a out"));
});

test("a network that nobody has given is down", async () => {
  await assert.rejects(fakeEnvironment().fetch("https://example.org"), TypeError);
});
