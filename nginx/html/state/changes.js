// Tells listeners what has changed, at most once a frame each, so that a burst of events causes one redraw.

/** @typedef {Record<string, any>} Delta what one change concerns, such as `{room, seq, what}`; null stands for all there are */
/** @typedef {(deltas: Delta[]) => void} Listener */

/** `schedule(run)` calls `run` once, soon: before the next frame is drawn. */
export class Changes {
  #schedule;
  /** @type {Map<string, Set<Listener>>} */
  #listeners = new Map();
  /** @type {Map<string, Map<string, Delta>>} topic → the deltas that its listeners have not been told, by their values */
  #deltas = new Map();
  #isScheduled = false;

  /** @param {{schedule: (run: () => void) => void}} options */
  constructor({ schedule }) {
    this.#schedule = schedule;
  }

  /**
   * Calls `listener` with the list of deltas since its last call; the first list may hold some of the same frame from before.
   *
   * @param {string} topic
   * @param {Listener} listener
   * @returns {() => void} ends it
   */
  watch(topic, listener) {
    const call = (/** @type {Delta[]} */ deltas) => listener(deltas); // the same function may watch twice
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(call));
    return () => {
      listeners.delete(call);
      if (listeners.size === 0 && this.#listeners.get(topic) === listeners) this.#listeners.delete(topic);
    };
  }

  /**
   * Equal deltas of one frame are told once, in the place of the last.
   *
   * @param {string} topic
   * @param {Delta} [delta]
   */
  tell(topic, delta = {}) {
    if (!this.#listeners.has(topic)) return;
    const deltas = this.#deltas.get(topic) ?? new Map();
    this.#deltas.set(topic, deltas);
    const key = JSON.stringify(delta);
    deltas.delete(key);
    deltas.set(key, delta);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#schedule(() => this.flush());
  }

  /** Calls the listeners now. All are called, even if one throws; the first error is thrown at the end. */
  flush() {
    this.#isScheduled = false;
    const told = this.#deltas;
    this.#deltas = new Map();
    /** @type {{error: unknown}[]} */
    const failures = [];
    for (const [topic, deltas] of told) {
      const listeners = this.#listeners.get(topic) ?? new Set();
      for (const listener of [...listeners]) {
        if (!listeners.has(listener)) continue; // ended by a listener before it
        try {
          listener([...deltas.values()]);
        } catch (error) {
          failures.push({ error });
        }
      }
    }
    if (failures.length) throw failures[0].error;
  }
}
