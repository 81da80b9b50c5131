// Tells what was in sight for a second without a break, while the user could be looking.

const SEEN_AFTER_MS = 1_000;

/** What is in sight is named by keys of any kind. Whoever looks away, even for a moment, begins anew. */
export class Sight {
  #clock;
  #onSeen;
  #hasAttention = false;
  /** @type {Map<unknown, object | null>} what is in sight → when it came, as an object; null: it counts no more until it comes again */
  #inSight = new Map();

  /** @param {{clock: import("./types.js").Clock, onSeen: (keys: any[]) => void}} options `onSeen` may be told a key again when it comes again */
  constructor({ clock, onSeen }) {
    this.#clock = clock;
    this.#onSeen = onSeen;
  }

  /** @param {boolean} hasAttention */
  setAttention(hasAttention) {
    if (hasAttention === this.#hasAttention) return;
    this.#hasAttention = hasAttention;
    this.#begin([...this.#inSight.keys()]);
  }

  /** @param {Iterable<unknown>} keys all that is in sight now */
  set(keys) {
    const before = this.#inSight;
    const now = new Set(keys);
    this.#inSight = new Map();
    for (const [key, since] of before) if (now.has(key)) this.#inSight.set(key, since);
    this.#begin([...now].filter((key) => !before.has(key)));
  }

  // Timers, not times: a computer that sleeps or sets its clock has not looked meanwhile.
  #begin(/** @type {unknown[]} */ keys) {
    const since = {};
    for (const key of keys) this.#inSight.set(key, since);
    if (!this.#hasAttention || keys.length === 0) return;
    this.#clock.setTimeout(() => this.#seen(keys, since), SEEN_AFTER_MS);
  }

  #seen(/** @type {unknown[]} */ keys, /** @type {object} */ since) {
    const seen = keys.filter((key) => this.#inSight.get(key) === since);
    for (const key of seen) this.#inSight.set(key, null);
    if (seen.length) this.#onSeen(seen);
  }
}
