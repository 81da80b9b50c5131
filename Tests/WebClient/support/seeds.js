// The random numbers of random.js, for tests in a page.

import { Random } from "./random.js";

export function withSeeds(count, check) {
  for (let seed = 1; seed <= count; seed += 1) check(new Random(seed), seed);
}
