// Loads which messages of a room are pinned, and which the user has saved: once, also for later visits, since events keep that up to date.

const PAGES_MAX = 10; // of the 50 or so that a page has

/**
 * @typedef {{message: {room_id: string, seq: number}}} Item
 * @typedef {(cursor: string | null) => Promise<{items: Item[], next_cursor: string | null}>} LoadPage
 */

export class FlagLoads {
  #api;
  #flags;
  #generation = -1; // of the state that they were loaded for
  /** @type {Set<string>} what is loaded, or on its way: "saved", or a room_id */
  #begun = new Set();

  /**
   * @param {{
   *   api: {pins(roomId: string, cursor: string | null): ReturnType<LoadPage>, saved: LoadPage}, store: import("./store.js").Store,
   * }} options
   */
  constructor({ api, store }) {
    this.#api = api;
    this.#flags = store.flags;
  }

  /** What a room that is opened shows. After a failure its messages lack their signs until it is opened again. */
  async load(/** @type {string} */ roomId) {
    await Promise.all([
      this.#once("saved", "saved", (cursor) => this.#api.saved(cursor)),
      this.#once(roomId, "pinned", (cursor) => this.#api.pins(roomId, cursor)),
    ]);
  }

  /**
   * @param {string} key
   * @param {import("./message-flags.js").Flag} flag
   * @param {LoadPage} loadPage
   */
  async #once(key, flag, loadPage) {
    const { generation } = this.#flags;
    if (this.#generation !== generation) this.#begun.clear();
    this.#generation = generation;
    if (this.#begun.has(key) || this.#flags.whole.has(key)) return;
    this.#begun.add(key);
    let cursor = null;
    try {
      for (let pages = 0; pages < PAGES_MAX && (pages === 0 || cursor !== null); pages += 1) {
        /** @type {Awaited<ReturnType<LoadPage>>} */
        const page = await loadPage(cursor);
        if (this.#flags.generation !== generation) return;
        this.#flags.fill(
          flag,
          page.items.map(({ message }) => message),
        );
        cursor = page.next_cursor;
      }
      this.#flags.whole.add(key);
    } catch {
      if (this.#flags.generation === generation) this.#begun.delete(key);
    }
  }
}
