// Tells what is in sight in a scrolling box, without reading the layout when it scrolls.

const STEPS = Array.from({ length: 11 }, (_, step) => step / 10);
const TALL = 0.5; // a row that fills so much of the view is in sight, even if its end is not

/** Tells whether a node is in the view, or near it. */
export class Near {
  isNear = false;
  /** @type {IntersectionObserver} */ #observer;
  #node;

  /**
   * @param {{ scroller: Element, node: Element, above?: number, below?: number, onChange: (isNear: boolean) => void }} options `above` and
   *   `below` the view, in pixels
   */
  constructor({ scroller, node, above = 0, below = 0, onChange }) {
    const margins = { root: scroller, rootMargin: `${above}px 0px ${below}px 0px` };
    this.#observer = new IntersectionObserver((entries) => {
      this.isNear = entries[entries.length - 1].isIntersecting;
      onChange(this.isNear);
    }, margins);
    this.#observer.observe(node);
    this.#node = node;
  }

  /** Tells how it is soon, even if that has not changed. */
  again() {
    this.#observer.unobserve(this.#node);
    this.#observer.observe(this.#node);
  }

  disconnect() {
    this.#observer.disconnect();
  }
}

/**
 * Knows which children of a box are in sight: their last line is, or they fill half of the view. A row that is cut off below is not: nobody
 * has read it to its end.
 */
export class Sight {
  /** @type {HTMLElement} */ #box;
  /** @type {Set<Element>} */ #inSight = new Set();
  /** @type {IntersectionObserver} */ #observer;
  /** @type {MutationObserver} */ #mutations;

  /**
   * @param {{ scroller: Element, box: HTMLElement, isRow?: (node: Element) => boolean, onChange: (rows: Element[]) => void }} options
   *   `onChange` gets the rows in sight, from the first
   */
  constructor({ scroller, box, isRow = () => true, onChange }) {
    this.#box = box;
    this.#observer = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          if (isInSight(entry)) this.#inSight.add(entry.target);
          else this.#inSight.delete(entry.target);
        }
        onChange(this.rows);
      },
      { root: scroller, threshold: STEPS },
    );
    this.#mutations = new MutationObserver((records) => {
      let hasLost = false;
      for (const { addedNodes, removedNodes } of records) {
        for (const node of removedNodes) {
          if (!(node instanceof Element) || node.parentNode === box) continue;
          this.#observer.unobserve(node);
          hasLost = this.#inSight.delete(node) || hasLost;
        }
        for (const node of addedNodes) if (node instanceof Element && node.parentNode === box && isRow(node)) this.#observer.observe(node);
      }
      if (hasLost) onChange(this.rows);
    });
    this.#mutations.observe(box, { childList: true });
    for (const node of box.children) if (isRow(node)) this.#observer.observe(node);
  }

  /** The rows in sight, from the first. */
  get rows() {
    return [...this.#inSight].filter((row) => row.parentNode === this.#box).sort(byPlace);
  }

  disconnect() {
    this.#observer.disconnect();
    this.#mutations.disconnect();
    this.#inSight.clear();
  }
}

/** @param {IntersectionObserverEntry} entry */
function isInSight({ isIntersecting, intersectionRect, boundingClientRect, rootBounds }) {
  if (!isIntersecting || intersectionRect.height === 0) return false;
  if (intersectionRect.bottom >= boundingClientRect.bottom - 1) return true;
  return rootBounds !== null && intersectionRect.height >= rootBounds.height * TALL;
}

/**
 * @param {Element} one
 * @param {Element} other
 */
function byPlace(one, other) {
  return one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1;
}
