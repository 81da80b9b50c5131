// A clock that moves only when a test says so, with timers that run in their order.

const TIMERS_MAX = 100_000; // in one `advance`: more than that is a timer that starts itself again without end

/** Lets everything run that waits for promises only. */
export function settle() {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Has the members of an environment that concern time; they need no `this`. `epoch` is what `now()` says at the start. */
export class FakeClock {
  #now;
  #timers = new Map(); // id → {at, run}
  #lastId = 0;

  constructor(epoch = Date.UTC(2026, 0, 5, 9)) {
    this.#now = epoch;
  }

  now = () => this.#now;

  /** @type {(run: (...values: any[]) => void, delayMs?: number, ...values: any[]) => number} */
  setTimeout = (run, delayMs = 0, ...values) => {
    const id = ++this.#lastId;
    this.#timers.set(id, { at: this.#now + Math.max(0, Number(delayMs) || 0), run: () => run(...values) });
    return id;
  };

  /** @type {(id?: number|null) => void} */
  clearTimeout = (id) => {
    if (id) this.#timers.delete(id);
  };

  /** How many timers wait. */
  get waiting() {
    return this.#timers.size;
  }

  /** When the next timer is due, in milliseconds from now; null if none waits. */
  get nextIn() {
    const next = this.#next(Infinity);
    return next === null ? null : next.at - this.#now;
  }

  /** Moves on by `ms`; runs each timer at its time, and after each what waits for promises. */
  async advance(ms) {
    const until = this.#now + ms;
    await settle();
    for (let count = 0; ; count += 1) {
      const next = this.#next(until);
      if (next === null) break;
      if (count === TIMERS_MAX) throw new Error(`more than ${TIMERS_MAX} timers ran within ${ms} ms`);
      this.#timers.delete(next.id);
      this.#now = next.at;
      next.run();
      await settle();
    }
    this.#now = until;
  }

  /** Moves on without running timers, as a computer that sleeps does; those that are overdue run with the next `advance`. */
  sleep(ms) {
    this.#now += ms;
    for (const timer of this.#timers.values()) timer.at = Math.max(timer.at, this.#now);
  }

  #next(until) {
    let next = null;
    for (const [id, { at, run }] of this.#timers) {
      if (at <= until && (next === null || at < next.at)) next = { id, at, run };
    }
    return next;
  }
}
