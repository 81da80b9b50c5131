// Keeps the children of an element the same as a list of items: a node for each key, made once, moved only where it must be.

import { focused } from "./dom.js";

export { Anchor } from "./anchor.js";
export { Roving } from "./roving.js";

/**
 * @template Item
 * @typedef {object} ListOptions
 * @property {HTMLElement} box its other children come before the items, or after `end`
 * @property {(item: Item) => string | number} key
 * @property {(item: Item) => HTMLElement} make
 * @property {(node: any, item: Item) => void} [update] called for a node that was there already
 * @property {Node | null} [end] a child of the box that stays after the items
 */

/** @template Item */
export class KeyedList {
  /** @type {ListOptions<Item>} */ #options;
  /** @type {Map<string | number, HTMLElement>} in the order of the items */
  #nodes = new Map();

  /** @param {ListOptions<Item>} options */
  constructor(options) {
    this.#options = options;
  }

  get size() {
    return this.#nodes.size;
  }

  /**
   * The node of a key.
   * @param {string | number} key
   */
  node(key) {
    return this.#nodes.get(key);
  }

  keys() {
    return this.#nodes.keys();
  }

  /**
   * Shows these items. Their keys differ from each other.
   * @param {Iterable<Item>} items
   */
  set(items) {
    const { box, key, make, update, end = null } = this.#options;
    const before = this.#nodes;
    /** @type {Map<string | number, HTMLElement>} */
    const after = new Map();
    /** @type {Map<HTMLElement, number>} */
    const oldPlaces = new Map();
    for (const node of before.values()) oldPlaces.set(node, oldPlaces.size);
    for (const item of items) {
      const itemKey = key(item);
      const old = before.get(itemKey);
      if (old) update?.(old, item);
      after.set(itemKey, old ?? make(item));
    }
    for (const [oldKey, node] of before) if (!after.has(oldKey)) node.remove();

    const nodes = [...after.values()];
    const resting = restingNodes(nodes, oldPlaces);
    let next = end;
    for (let index = nodes.length - 1; index >= 0; index -= 1) {
      if (!resting.has(nodes[index])) box.insertBefore(nodes[index], next);
      next = nodes[index];
    }
    this.#nodes = after;
  }

  /** Removes all items. */
  clear() {
    this.set([]);
  }
}

/**
 * The nodes that need not move: as many as possible whose order is still right, and always the one with the focus or the selection, which
 * it would lose by moving.
 * @param {HTMLElement[]} nodes
 * @param {Map<HTMLElement, number>} oldPlaces
 */
function restingNodes(nodes, oldPlaces) {
  const kept = nodes.filter((node) => oldPlaces.has(node));
  const place = (/** @type {HTMLElement} */ node) => /** @type {number} */ (oldPlaces.get(node));
  if (kept.every((node, index) => index === 0 || place(kept[index - 1]) < place(node))) return new Set(kept);
  const pinned = kept.findIndex(holdsAttention);
  const free = pinned < 0 ? kept : kept.filter((node, index) => Math.sign(index - pinned) === Math.sign(place(node) - place(kept[pinned])));
  const rising = longestRising(free.map(place));
  return new Set(rising.map((index) => free[index]));
}

/** @param {HTMLElement} node */
function holdsAttention(node) {
  const focus = focused(node);
  if (focus && node.contains(focus)) return true;
  const selection = document.getSelection();
  return selection !== null && !selection.isCollapsed && node.contains(selection.anchorNode);
}

/**
 * The indices of a longest subsequence whose numbers rise (patience sorting).
 * @param {number[]} numbers
 */
export function longestRising(numbers) {
  /** @type {number[]} */
  const tops = []; // for each length, the index of the lowest number that ends such a sequence
  /** @type {number[]} */
  const previous = [];
  for (const [index, number] of numbers.entries()) {
    let low = 0;
    let high = tops.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (numbers[tops[middle]] < number) low = middle + 1;
      else high = middle;
    }
    previous[index] = low > 0 ? tops[low - 1] : -1;
    tops[low] = index;
  }
  /** @type {number[]} */
  const found = [];
  for (let index = tops.length ? tops[tops.length - 1] : -1; index >= 0; index = previous[index]) found.push(index);
  return found.reverse();
}
