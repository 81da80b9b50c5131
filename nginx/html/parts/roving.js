// Makes a list one stop of the Tab key: arrows, Home and End walk its items, and left and right the controls inside of one.

import { focused } from "./dom.js";

const EDITABLE = "input, textarea, select, [contenteditable]";

/**
 * @typedef {object} RovingOptions
 * @property {HTMLElement} box
 * @property {string} items a selector
 * @property {string} [inner] a selector of the controls inside of an item; they are no stops, and Escape leads back to the item
 * @property {boolean} [isHorizontal] left and right walk the items: a tool bar, tabs
 * @property {boolean} [isGrid] left and right walk the items, up and down the rows; the style sheet says how many are in one
 * @property {"first" | "last"} [start] the item that Tab leads to at first
 */

export class Roving {
  /** @type {RovingOptions} */ #options;
  /** @type {HTMLElement | null} the item that Tab leads to */
  #current = null;
  #place = 0; // of the current item, for when it goes
  #hasFocus = false;
  /** @type {MutationObserver} */ #mutations;
  #ending = new AbortController();

  /** @param {RovingOptions} options */
  constructor(options) {
    this.#options = options;
    const { box } = options;
    const { signal } = this.#ending;
    box.addEventListener("keydown", (event) => this.#keyPressed(event), { signal });
    box.addEventListener("focusin", (event) => this.#focused(event), { signal });
    box.addEventListener("focusout", (event) => this.#blurred(event), { signal });
    this.#mutations = new MutationObserver((records) => this.#changed(records));
    this.#mutations.observe(box, { childList: true, subtree: true });
    this.#prepare(box);
    this.#chooseCurrent();
  }

  get items() {
    return /** @type {HTMLElement[]} */ ([...this.#options.box.querySelectorAll(this.#options.items)]);
  }

  get current() {
    return this.#current;
  }

  /**
   * Makes this item the one that Tab leads to.
   * @param {HTMLElement} item
   * @param {{ focus?: boolean }} options
   */
  setCurrent(item, { focus = false } = {}) {
    if (this.#current !== item) {
      this.#current?.setAttribute("tabindex", "-1");
      item.setAttribute("tabindex", "0");
      this.#current = item;
    }
    if (focus) item.focus();
  }

  disconnect() {
    this.#ending.abort();
    this.#mutations.disconnect();
  }

  /** @param {Element} root */
  #prepare(root) {
    const { items, inner } = this.#options;
    const selector = inner ? `${items}, ${inner}` : items;
    const found = [...root.querySelectorAll(selector)];
    if (root !== this.#options.box && root.matches(selector)) found.push(root);
    for (const node of found) if (node !== this.#current) node.setAttribute("tabindex", "-1");
  }

  /** @param {MutationRecord[]} records */
  #changed(records) {
    for (const { addedNodes } of records)
      for (const node of addedNodes) if (node instanceof HTMLElement && node.isConnected) this.#prepare(node);
    if (this.#current && this.#options.box.contains(this.#current)) return;
    const hadFocus = this.#hasFocus && !focused(this.#options.box);
    this.#chooseCurrent();
    if (hadFocus) this.#current?.focus({ preventScroll: true });
  }

  // The item in the place of the one that has gone.
  #chooseCurrent() {
    const { items } = this;
    const first = this.#options.start === "last" ? items.length - 1 : 0;
    const item = items[this.#current ? Math.min(this.#place, items.length - 1) : first];
    this.#current = null;
    if (item) this.setCurrent(item);
  }

  /** @param {FocusEvent} event */
  #focused({ target }) {
    this.#hasFocus = true;
    const item = target instanceof HTMLElement ? /** @type {HTMLElement | null} */ (target.closest(this.#options.items)) : null;
    if (!item || !this.#options.box.contains(item)) return;
    this.setCurrent(item);
    this.#place = this.items.indexOf(item);
  }

  /** @param {FocusEvent} event */
  #blurred({ target, relatedTarget }) {
    // A node that is taken away loses the focus to nobody: then the item in its place gets it.
    const isGone = target instanceof Node && (!target.isConnected || relatedTarget === null);
    if (isGone && !document.hasFocus()) return;
    if (relatedTarget instanceof Node) this.#hasFocus = this.#options.box.contains(relatedTarget);
  }

  /** @param {KeyboardEvent} event */
  #keyPressed(event) {
    const { target } = event;
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (!(target instanceof HTMLElement) || target.closest(EDITABLE)) return;
    const item = /** @type {HTMLElement | null} */ (target.closest(this.#options.items));
    const next = item && (this.#step(event.key, item) ?? this.#innerStep(event.key, item, target));
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    next.focus();
  }

  /**
   * @param {string} key
   * @param {HTMLElement} item
   */
  #step(key, item) {
    const { isHorizontal, isGrid } = this.#options;
    const { items } = this;
    const index = items.indexOf(item);
    const { direction, gridTemplateColumns } = getComputedStyle(this.#options.box);
    const isMirrored = direction === "rtl";
    const columns = isGrid ? gridTemplateColumns.split(" ").length : 0;
    const sideways = isHorizontal || columns > 0 ? 1 : 0;
    /** @type {Record<string, number>} */
    const steps = {
      ArrowDown: columns || (isHorizontal ? 0 : 1),
      ArrowUp: -(columns || (isHorizontal ? 0 : 1)),
      ArrowRight: isMirrored ? -sideways : sideways,
      ArrowLeft: isMirrored ? sideways : -sideways,
    };
    if (key === "Home") return items[0];
    if (key === "End") return items[items.length - 1];
    return steps[key] ? items[index + steps[key]] : undefined;
  }

  /**
   * @param {string} key
   * @param {HTMLElement} item
   * @param {HTMLElement} target
   */
  #innerStep(key, item, target) {
    const { inner } = this.#options;
    if (!inner) return undefined;
    if (key === "Escape") return target === item ? undefined : item;
    if (key !== "ArrowRight" && key !== "ArrowLeft") return undefined;
    const controls = /** @type {HTMLElement[]} */ ([item, ...item.querySelectorAll(inner)]).filter(isShown);
    const isMirrored = getComputedStyle(item).direction === "rtl";
    return controls[controls.indexOf(target) + ((key === "ArrowRight") !== isMirrored ? 1 : -1)];
  }
}

/** @param {HTMLElement} node */
function isShown(node) {
  return node.getClientRects().length > 0;
}
