// Keeps the scroll position of a list while rows come, go and grow: at the end it stays at the end, elsewhere a row in sight stays in its
// place. (Safari has no scroll anchoring, and the others anchor nothing at the start of the list.)

import { frame as pageFrame } from "./frame.js";
import { Near } from "./sight.js";

const END_PX = 60; // within this distance of the end, the user counts as being at the end
const BEYOND_PX = 10_000_000; // the browser stops at the end; to ask where that is would lay out the page
const MARKS_MAX = 12;

/**
 * @typedef {object} AnchorOptions
 * @property {HTMLElement} scroller has `overflow-anchor: none`
 * @property {HTMLElement} box whose children are the rows
 * @property {(node: Element) => boolean} [isRow] children that are no rows are not relied on: a divider may go any time
 * @property {(isAtEnd: boolean) => void} [onEnd] told when the user comes to the end or leaves it
 * @property {import("./frame.js").Frame} [frame]
 *
 * @typedef {{ row: Element, edge: number, isLower: boolean }} Mark where a row was
 */

export class Anchor {
  /** @type {Required<AnchorOptions>} */ #options;
  /** @type {Near} */ #near;
  /** @type {ResizeObserver} */ #resizes;
  #isAtEnd = true;

  /** @param {AnchorOptions} options */
  constructor(options) {
    this.#options = { isRow: () => true, onEnd: () => {}, frame: pageFrame, ...options };
    const { scroller, box } = this.#options;
    const end = document.createElement("div");
    end.className = "anchor-end";
    box.after(end);
    this.#near = new Near({ scroller, node: end, below: END_PX, onChange: (isNear) => this.#setAtEnd(isNear) });
    // At the end, whatever grows keeps the newest message in view: a message that comes, a picture, the on-screen keyboard. This runs after the
    // layout and before the observer above, which so sees the position that is kept.
    this.#resizes = new ResizeObserver(() => {
      if (this.#isAtEnd) scroller.scrollTop = BEYOND_PX;
    });
    this.#resizes.observe(scroller);
    this.#resizes.observe(box);
  }

  get isAtEnd() {
    return this.#isAtEnd;
  }

  /**
   * Writes with the next frame, and keeps the position.
   * @param {() => void} write
   */
  around(write) {
    const { frame } = this.#options;
    /** @type {Mark[]} */
    let marks = [];
    frame.read(() => {
      if (!this.#isAtEnd) marks = this.#marks();
    });
    frame.write(write);
    frame.settle(() => this.#restore(marks));
  }

  scrollToEnd() {
    this.#setAtEnd(true);
    this.#options.frame.settle(() => {
      if (this.#isAtEnd) this.#options.scroller.scrollTop = BEYOND_PX;
    });
  }

  /**
   * Scrolls to a row, which may come with the next frame.
   * @param {() => Element | null | undefined} find
   * @param {ScrollLogicalPosition} [block]
   */
  scrollToRow(find, block = "center") {
    this.#setAtEnd(false);
    this.#options.frame.settle(() => {
      find()?.scrollIntoView({ block });
      this.#near.again(); // the end may be in view all the same
    });
  }

  disconnect() {
    this.#near.disconnect();
    this.#resizes.disconnect();
    this.#options.box.parentNode?.querySelector(":scope > .anchor-end")?.remove();
  }

  /** @param {boolean} isAtEnd */
  #setAtEnd(isAtEnd) {
    if (isAtEnd === this.#isAtEnd) return;
    this.#isAtEnd = isAtEnd;
    this.#options.onEnd(isAtEnd);
  }

  /**
   * Where the rows in sight are, from the first: the next ones stand in for it if it goes. The lower edge counts, since a row may lose its
   * heading to the one before it; of a row that goes on below the view, the upper.
   */
  #marks() {
    const { scroller, box, isRow } = this.#options;
    const view = scroller.getBoundingClientRect();
    const rows = box.children;
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (rows[middle].getBoundingClientRect().bottom > view.top) high = middle;
      else low = middle + 1;
    }
    /** @type {Mark[]} */
    const marks = [];
    for (; low < rows.length && marks.length < MARKS_MAX; low += 1) {
      const { top, bottom } = rows[low].getBoundingClientRect();
      if (top >= view.bottom) break;
      const isLower = bottom <= view.bottom;
      if (isRow(rows[low])) marks.push({ row: rows[low], edge: (isLower ? bottom : top) - view.top, isLower });
    }
    return marks;
  }

  /** @param {Mark[]} marks */
  #restore(marks) {
    const { scroller, box } = this.#options;
    const mark = marks.find(({ row }) => row.parentNode === box);
    if (!mark) return;
    const { top, bottom } = mark.row.getBoundingClientRect();
    const moved = (mark.isLower ? bottom : top) - scroller.getBoundingClientRect().top - mark.edge;
    if (Math.abs(moved) >= 0.5) scroller.scrollTop += moved;
  }
}
