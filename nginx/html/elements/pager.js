// Loads a list of the server page by page; what arrives after another list was asked for is discarded.

import { listPages } from "../net/requests.js";

const PAGES_MAX = 200; // in one go: the next go continues

/**
 * @template Item
 * @typedef {(cursor: string | null, signal: AbortSignal) => Promise<{items: Item[], next_cursor: string | null}>} Load
 */

/** @template Item */
export class Pager {
  /** @type {Item[]} without those whose key was there already: a list that grows meanwhile repeats items on its next page */
  items = [];
  /** @type {any} the Problem of the last page that was not loaded */
  error = null;
  isLoading = false;
  /** Whether any page of this list has come. */
  hasStarted = false;

  #key;
  #isGone;
  #onChange;
  /** @type {Load<Item> | null} */ #load = null;
  /** @type {string | null} */ #cursor = null;
  #controller = new AbortController();

  /**
   * @param {{key: (item: Item) => string | number, isGone?: (item: Item) => boolean, onChange: () => void}} options `isGone`: an item that a
   *   page has, but that is no more; `onChange` is called after every change of the members
   */
  constructor({ key, isGone = () => false, onChange }) {
    this.#key = key;
    this.#isGone = isGone;
    this.#onChange = onChange;
  }

  get hasMore() {
    return this.hasStarted && this.#cursor !== null;
  }

  /**
   * Begins another list.
   * @param {Load<Item>} load
   * @param {{keep?: boolean}} options `keep`: the items of the list before are shown until the first page is there
   */
  start(load, { keep = false } = {}) {
    this.#load = load;
    this.#cursor = null;
    if (!keep) this.items = [];
    this.hasStarted = false;
    return this.#fetch(null, 1);
  }

  /** Loads the next page. */
  more() {
    if (this.isLoading || !this.hasMore) return Promise.resolve();
    return this.#fetch(this.#cursor, 1);
  }

  /** Loads again as much as is shown; if that fails, it stays. */
  reload() {
    if (!this.#load) return Promise.resolve();
    return this.#fetch(null, this.items.length || 1);
  }

  /** Empties the list, and loads no more. */
  stop() {
    this.#controller.abort();
    this.#load = null;
    this.#cursor = null;
    this.items = [];
    this.error = null;
    this.isLoading = this.hasStarted = false;
    this.#onChange();
  }

  /**
   * Takes an item off, without asking the server again.
   * @param {string | number} key
   */
  remove(key) {
    this.items = this.items.filter((item) => this.#key(item) !== key);
    this.#onChange();
  }

  /** Takes off what is gone by now. */
  prune() {
    if (!this.items.some(this.#isGone)) return;
    this.items = this.#unique(this.items);
    this.#onChange();
  }

  /**
   * Loads until there are `count` more items or no more pages: some pages are empty, though others follow.
   * @param {string | null} from
   * @param {number} count
   */
  async #fetch(from, count) {
    this.#controller.abort();
    const { signal } = (this.#controller = new AbortController());
    const load = /** @type {Load<Item>} */ (this.#load);
    /** @type {Item[]} */
    const found = [];
    let cursor = from;
    let pages = 0;
    this.isLoading = true;
    this.error = null;
    this.#onChange();
    try {
      for await (const page of listPages((next) => load(next, signal), { from, pagesMax: PAGES_MAX })) {
        if (signal.aborted) return;
        found.push(...page.items);
        cursor = page.next_cursor ?? null;
        pages += 1;
        if (found.length >= count || pages === PAGES_MAX) break;
      }
      this.items = this.#unique(from === null ? found : [...this.items, ...found]);
      this.#cursor = cursor;
      this.hasStarted = true;
    } catch (problem) {
      if (signal.aborted) return;
      this.error = problem;
      if (!this.hasStarted) this.items = []; // those of the list before
    }
    this.isLoading = false;
    this.#onChange();
  }

  /** @param {Item[]} items */
  #unique(items) {
    return [...new Map(items.map((item) => [this.#key(item), item])).values()].filter((item) => !this.#isGone(item));
  }
}
