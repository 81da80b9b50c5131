// Runs something soon after the last of many changes, and not too long after the first.

export class Settling {
  #options;
  /** @type {any} */ #timer = null;
  /** @type {number | null} */ #since = null;

  /** @param {{ clock: import("./types.js").Clock, run: () => void, quietMs: number, latestMs: number }} options */
  constructor(options) {
    this.#options = options;
  }

  /** Something has changed. */
  touch() {
    const { clock, quietMs, latestMs } = this.#options;
    this.#since ??= clock.now();
    const left = this.#since + latestMs - clock.now();
    clock.clearTimeout(this.#timer);
    this.#timer = clock.setTimeout(() => this.#run(), Math.max(0, Math.min(quietMs, left)));
  }

  stop() {
    this.#options.clock.clearTimeout(this.#timer);
  }

  #run() {
    this.#since = null;
    this.#options.run();
  }
}
