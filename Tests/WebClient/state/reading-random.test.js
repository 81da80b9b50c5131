// What is read, against a model: random scrolling, waiting, and looking away.

import assert from "node:assert/strict";
import { test } from "node:test";
import { randomFrom } from "../support/environment.js";
import { readingWith, seqs } from "../support/reading.js";
import { withSeed } from "../support/world.js";

test("read are the messages that were in sight for a second, up to the first that was not", () =>
  withSeed(async (seed) => {
    const random = randomFrom(seed);
    const below = (limit) => Math.floor(random() * limit);
    let reads = 0;
    for (let round = 0; round < 60; round += 1) {
      const { clock, log, reading, marker } = readingWith();
      const since = new Map(); // the model: row → how long in sight, in ms
      const seen = new Set();
      let hasAttention = true;
      let through = 0;
      let top = 1;
      for (let step = 0; step < 40; step += 1) {
        const kind = below(8);
        if (kind === 0) {
          hasAttention = below(4) > 0;
          reading.setAttention(hasAttention);
          if (!hasAttention) for (const seq of since.keys()) since.set(seq, 0);
        } else if (kind < 4) {
          top = Math.max(1, below(20) === 0 ? below(60) : top + below(10) - 3);
          const rows = seqs(top, top + 9);
          const lowest = top + 9 - below(3);
          reading.setInSight("r", lowest, rows);
          const counted = rows.filter((seq) => seq <= lowest);
          for (const seq of [...since.keys()]) if (!counted.includes(seq)) since.delete(seq);
          for (const seq of counted) if (!since.has(seq)) since.set(seq, 0);
        }
        const ms = below(1_400);
        await clock.advance(ms);
        for (const [seq, before] of since) {
          if (hasAttention) since.set(seq, before + ms);
          if (since.get(seq) >= 1_000) seen.add(seq);
        }
        while (seen.has(through + 1)) through += 1;
        assert.equal(marker.read.get("r") ?? 0, through, `round ${round}, step ${step}`);
      }
      assert.deepEqual(
        log.map(([, , seq]) => seq),
        [...log.map(([, , seq]) => seq)].sort((a, b) => a - b),
        "only forward",
      );
      reads += log.length;
    }
    assert.ok(reads > 10, `only ${reads} reads`);
  }));
