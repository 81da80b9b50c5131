// Random numbers that a seed repeats, for tests that draw their input. A test prints its seed when it fails.

export class Random {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** A number from 0 up to 1 (mulberry32). */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** An integer from 0 up to `end`, without it. */
  below(end) {
    return Math.floor(this.next() * end);
  }

  pick(items) {
    return items[this.below(items.length)];
  }

  /** A text of up to `piecesMax` of the pieces. */
  text(pieces, piecesMax) {
    return Array.from({ length: this.below(piecesMax + 1) }, () => this.pick(pieces)).join("");
  }
}

/** Runs `check(random, seed)` with seeds; the first that fails is in the error. ECHOCHAT_SEED=7 runs that one alone. */
export function withSeeds(count, check) {
  const only = process.env.ECHOCHAT_SEED;
  const seeds = only ? [Number(only)] : Array.from({ length: count }, (_, index) => index + 1);
  for (const seed of seeds) {
    try {
      check(new Random(seed), seed);
    } catch (error) {
      error.message = `ECHOCHAT_SEED=${seed}: ${error.message}`;
      throw error;
    }
  }
}
