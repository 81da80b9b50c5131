// Fetches pages of messages for the windows: first from the cache, so that a room opens at once and offline, then from the server.

/**
 * @typedef {import("./types.js").Page} Page
 * @typedef {import("./types.js").PageQuery} PageQuery
 * @typedef {import("./timeline.js").Side} Side
 *
 * @typedef {{page(roomId: string, query: PageQuery): Promise<Page | null>, keep(roomId: string, page: Page): unknown}} Cache
 *
 * @typedef {{
 *   api: {messages(roomId: string, query: PageQuery): Promise<Page>}, store: import("./store.js").Store, cache?: Cache | null,
 * }} Sources
 */

export class Pages {
  #api;
  #store;
  #cache;

  /** @param {Sources} sources */
  constructor({ api, store, cache = null }) {
    this.#api = api;
    this.#store = store;
    this.#cache = cache;
  }

  /**
   * Merges a page into the window of a room; rejects with the server's Problem if the cache does not have it either. After a page of the cache
   * nobody waits for the server: it mends what is out of date, if it can be reached.
   *
   * @param {string} roomId
   * @param {PageQuery} query
   * @param {Side} side
   */
  async load(roomId, query, side) {
    if (await this.#fromCache(roomId, query, side)) this.#fromServer(roomId, query, "within").catch(() => {});
    else await this.#fromServer(roomId, query, side);
  }

  async #fromCache(/** @type {string} */ roomId, /** @type {PageQuery} */ query, /** @type {Side} */ side) {
    const cache = this.#cache;
    if (!cache || !this.#store.rooms.has(roomId)) return false;
    const fetch = async () => {
      const page = await cache.page(roomId, query).catch(() => null);
      return page && isAnswer(page, query) ? page : null;
    };
    return this.#merge(roomId, fetch, side, true);
  }

  #fromServer(/** @type {string} */ roomId, /** @type {PageQuery} */ query, /** @type {Side} */ side) {
    const fetch = async () => {
      const page = await this.#api.messages(roomId, query);
      if (this.#store.rooms.has(roomId)) this.#cache?.keep(roomId, page);
      return page;
    };
    return this.#merge(roomId, fetch, side, false);
  }

  /**
   * @param {string} roomId
   * @param {() => Promise<Page | null>} fetch
   * @param {Side} side
   * @param {boolean} keepKnown
   */
  async #merge(roomId, fetch, side, keepKnown) {
    const isMerged = await this.#store.timeline(roomId).mergeFetched(fetch, side, keepKnown);
    if (isMerged) this.#store.changes.tell(`timeline:${roomId}`, { room: roomId, seq: null, what: "window" });
    return isMerged;
  }
}

// A page that does not begin where it was asked for would leave a hole.
function isAnswer(/** @type {Page} */ { messages, has_after: hasAfter }, /** @type {PageQuery} */ { before, after, around }) {
  if (messages.length === 0) return after === 0 && !hasAfter; // a room without messages
  const first = messages[0].seq;
  const last = messages[messages.length - 1].seq;
  if (around !== undefined) return first <= around && around <= last;
  if (after !== undefined) return first <= after + 1 && last > after;
  return before !== undefined && last >= before - 1;
}
