// Work in one tab at a time where there is no navigator.locks: by a lease in localStorage.

import assert from "node:assert/strict";
import { test } from "node:test";
import { leasing } from "../../../nginx/html/net/lease-lock.js";
import { FakeClock } from "../support/clock.js";
import { randomFrom } from "../support/environment.js";

/** localStorage that tabs share. */
function fakeStorage() {
  const items = new Map();
  return {
    getItem: (name) => items.get(name) ?? null,
    setItem: (name, value) => items.set(name, String(value)),
    removeItem: (name) => items.delete(name),
  };
}

function tab(storage, clock, random) {
  const page = Object.assign(new EventTarget(), { localStorage: storage });
  const wait = (ms) => new Promise((resolve) => clock.setTimeout(resolve, ms));
  return { page, lock: leasing({ page, time: { now: clock.now, random, wait } }) };
}

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

test(`tabs on plain http work one at a time, and each in the end (seed ${seed})`, async () => {
  const [storage, clock, random] = [fakeStorage(), new FakeClock(), randomFrom(seed)];
  let working = 0;
  let done = 0;
  for (let count = 0; count < 30; count += 1) {
    const { lock } = tab(storage, clock, random);
    clock.setTimeout(() => {
      lock("echochat", async () => {
        working += 1;
        assert.equal(working, 1);
        await new Promise((resolve) => clock.setTimeout(resolve, random() * 20_000));
        working -= 1;
        done += 1;
      });
    }, random() * 5_000);
  }
  await clock.advance(1_000_000);
  assert.deepEqual([done, clock.waiting, storage.getItem("echochat")], [30, 0, null]);
});

test("a tab that reloads gives the lock back at once; one that crashed keeps others waiting for five seconds", async () => {
  for (const [says, waitMs] of [
    ["pagehide", 200],
    ["nothing", 5_000],
  ]) {
    const [storage, clock] = [fakeStorage(), new FakeClock()];
    const before = tab(storage, clock, () => 0.1);
    const dead = new Promise(() => {});
    before.lock("echochat", () => dead);
    await clock.advance(100);
    const stopped = new FakeClock(clock.now()); // nothing of the old page runs any more
    before.page.dispatchEvent(new Event(says));
    let isIn = false;
    tab(storage, stopped, () => 0.2).lock("echochat", async () => (isIn = true));
    await stopped.advance(waitMs - 200);
    assert.equal(isIn, false, says);
    await stopped.advance(200);
    assert.equal(isIn, true, says);
  }
});

test("work that goes on for long is not taken over by a tab whose clock runs while the worker's timers do not", async () => {
  const [storage, clock] = [fakeStorage(), new FakeClock()];
  tab(storage, clock, () => 0.1).lock("echochat", () => new Promise(() => {}));
  await clock.advance(20_000);
  const other = new FakeClock(clock.now());
  let isIn = false;
  tab(storage, other, () => 0.2).lock("echochat", async () => (isIn = true));
  await other.advance(65_000);
  assert.equal(isIn, false);
});

test("two tabs that find the lock free at once: only the last to write works", async () => {
  const [storage, clock] = [fakeStorage(), new FakeClock()];
  const log = [];
  const work = (name) => () => {
    log.push(name);
    return new Promise(() => {});
  };
  tab(storage, clock, () => 0.1).lock("echochat", work("first"));
  // The write of the first has not reached the second yet.
  let isLate = true;
  const getItem = (name) => {
    const item = isLate ? null : storage.getItem(name);
    isLate = false;
    return item;
  };
  tab({ ...storage, getItem }, clock, () => 0.2).lock("echochat", work("second"));
  await clock.advance(4_000);
  assert.deepEqual(log, ["second"]);
});

test("a tab that slept while another took over neither takes it back nor gives it away", async () => {
  const [storage, asleep, clock] = [fakeStorage(), new FakeClock(), new FakeClock()];
  let finish;
  tab(storage, asleep, () => 0.1).lock("echochat", () => new Promise((resolve) => (finish = resolve)));
  await asleep.advance(100);
  tab(storage, clock, () => 0.2).lock("echochat", () => new Promise(() => {}));
  await clock.advance(6_000);
  const owner = () => JSON.parse(storage.getItem("echochat")).owner;
  await asleep.advance(2_000);
  assert.equal(owner(), "0.2");
  finish();
  await asleep.advance(2_000);
  assert.equal(owner(), "0.2");
});

test("a failure is the caller's, and gives the lock back; without storage nobody waits", async () => {
  const [storage, clock] = [fakeStorage(), new FakeClock()];
  const failed = assert.rejects(
    tab(storage, clock, () => 0.1).lock("echochat", () => Promise.reject(new Error("no"))),
    /no/,
  );
  await clock.advance(100);
  await failed;
  assert.equal(storage.getItem("echochat"), null);
  const full = {
    ...fakeStorage(),
    setItem: () => {
      throw new Error("QuotaExceededError");
    },
  };
  for (const broken of [null, full]) assert.equal(await tab(broken, clock, () => 0.1).lock("echochat", async () => 1), 1);
});
