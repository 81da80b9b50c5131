// An address like that of a page, in memory: for a chat in the page of another application, whose address is not the chat's.

/** Has of a window what `Route` needs. A hash that is set emits `hashchange`. */
export class MemoryAddress extends EventTarget {
  #hash;

  /**
   * @param {string} site the page that links for others lead to
   * @param {string} [hash]
   */
  constructor(site, hash = "#/") {
    super();
    this.#hash = hash;
    this.document = { baseURI: site };
    this.location = Object.defineProperty(/** @type {{ hash: string }} */ ({}), "hash", {
      get: () => this.#hash,
      set: (/** @type {string} */ changed) => {
        if (changed === this.#hash) return;
        this.#hash = changed;
        this.dispatchEvent(new Event("hashchange"));
      },
    });
    this.history = {
      /** @param {unknown} _state @param {string} _title @param {string} replaced */
      replaceState: (_state, _title, replaced) => {
        this.#hash = replaced;
      },
    };
  }
}
