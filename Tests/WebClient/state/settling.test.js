// What follows changes comes when they have settled, or when they have gone on for too long.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Settling } from "../../../nginx/html/state/settling.js";
import { FakeClock } from "../support/clock.js";

function settling() {
  const clock = new FakeClock();
  const runs = [];
  return { clock, runs, settling: new Settling({ clock, run: () => runs.push(clock.now()), quietMs: 2_000, latestMs: 30_000 }) };
}

test("it runs once when it has been quiet for a while, and not again without a change", async () => {
  const { clock, runs, settling: it } = settling();
  const start = clock.now();
  it.touch();
  await clock.advance(1_500);
  it.touch();
  await clock.advance(600_000);
  assert.deepEqual(runs, [start + 3_500]);
});

test("under changes without an end it still runs, twice a minute", async () => {
  const { clock, runs, settling: it } = settling();
  const start = clock.now();
  for (let i = 0; i < 700; i += 1) {
    it.touch();
    await clock.advance(100);
  }
  assert.deepEqual(runs, [start + 30_000, start + 60_000]);
});

test("stopped, it does not run any more", async () => {
  const { clock, runs, settling: it } = settling();
  it.touch();
  it.stop();
  await clock.advance(600_000);
  assert.deepEqual(runs, []);
});
