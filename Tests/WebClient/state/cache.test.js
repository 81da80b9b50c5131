// The cache, with its database in memory.

import { test } from "node:test";
import { memoryDatabases } from "../support/browser.js";
import { cacheCases } from "./cache-cases.js";
import { cacheFailureCases } from "./cache-failure-cases.js";
import { randomCache } from "./random-cache.js";

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9));
const RUNS = Number(process.env.RUNS ?? 30);

for (const [name, run] of Object.entries({ ...cacheCases, ...cacheFailureCases })) test(name, () => run(memoryDatabases()));

test(`random events, pages and tabs: what is shown is what the server has (SEED=${SEED})`, async () => {
  for (let run = 0; run < RUNS; run += 1) await randomCache(memoryDatabases(), SEED + run);
});
