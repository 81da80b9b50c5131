// Remembers the changes of messages while pages are being fetched: the server may have read a page before them.

/**
 * @typedef {import("./types.js").Message} Message
 * @typedef {import("./message-changes.js").Change} Change
 */

export class PendingChanges {
  /** @type {Map<number, Change>} seq → */
  #changes = new Map();
  #fetches = 0;

  /**
   * Remembers them while `work` fetches a page and merges it.
   *
   * @template Result
   * @param {() => Promise<Result>} work
   */
  async during(work) {
    this.#fetches += 1;
    try {
      return await work();
    } finally {
      this.#fetches -= 1;
      if (this.#fetches === 0) this.#changes.clear();
    }
  }

  /**
   * @param {number} seq
   * @param {Change} change
   */
  add(seq, change) {
    if (this.#fetches === 0) return;
    const before = this.#changes.get(seq); // the server may have read the page before either change
    this.#changes.set(seq, before ? (old) => change(before(old)) : change);
  }

  /**
   * A message of a page with the changes that it may lack.
   *
   * @param {Message} message
   */
  apply(message) {
    return this.#changes.get(message.seq)?.(message) ?? message;
  }
}
