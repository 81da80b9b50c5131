// Shows a node beside the control that opened it: a menu, a picker, a hint. It closes with Escape and a click elsewhere.

import { focused } from "./dom.js";
import { frame } from "./frame.js";

const GAP = 4;
const MARGIN = 8;

/**
 * @typedef {object} PopoverOptions
 * @property {{ getBoundingClientRect(): DOMRect, focus?(options?: FocusOptions): void, contains?(node: Node): boolean }} by the control
 * @property {"start" | "end"} [align] the edge that it shares with the control
 * @property {"below" | "above"} [side] where it is shown if there is room
 * @property {() => void} [onClose]
 */

/**
 * Opens a popover; `node` is in the page, hidden. Returns what closes it.
 * @param {HTMLElement} node
 * @param {PopoverOptions} options
 * @returns {{ close(): void, readonly isOpen: boolean }}
 */
export function openPopover(node, { by, align = "start", side = "below", onClose }) {
  const isNative = "popover" in HTMLElement.prototype; // not before Safari 17 and Firefox 125
  const ending = new AbortController();
  const { signal } = ending;
  let isOpen = true;

  const close = (isBeingHidden = false) => {
    if (!isOpen) return;
    isOpen = false;
    ending.abort();
    const focus = focused(node);
    const hadFocus = !focus || node.contains(focus);
    if (isNative && !isBeingHidden && node.matches(":popover-open")) /** @type {any} */ (node).hidePopover();
    node.hidden = true;
    if (hadFocus) by.focus?.({ preventScroll: true });
    onClose?.();
  };
  const reposition = () => frame.settle(() => isOpen && place(node, by.getBoundingClientRect(), align, side));

  node.hidden = false;
  node.classList.add("popover");
  if (isNative) {
    node.setAttribute("popover", "auto");
    /** @type {any} */ (node).showPopover();
    // Not "toggle", which comes later: a click that closes a popover may open the next one.
    node.addEventListener("beforetoggle", (event) => /** @type {any} */ (event).newState === "closed" && close(true), { signal });
  } else {
    document.addEventListener("pointerdown", (event) => isElsewhere(event, node, by) && close(), { signal, capture: true });
  }
  node.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || event.isComposing) return;
      event.stopPropagation();
      event.preventDefault();
      close();
    },
    { signal },
  );
  window.addEventListener("scroll", reposition, { signal, capture: true, passive: true });
  window.addEventListener("resize", reposition, { signal, passive: true });
  reposition();
  return {
    close: () => close(),
    get isOpen() {
      return isOpen;
    },
  };
}

/**
 * @param {PointerEvent} event
 * @param {HTMLElement} node
 * @param {PopoverOptions["by"]} by
 */
function isElsewhere({ target }, node, by) {
  return target instanceof Node && !node.contains(target) && !by.contains?.(target);
}

/**
 * @param {HTMLElement} node
 * @param {DOMRect} beside
 * @param {"start" | "end"} align
 * @param {"below" | "above"} side
 */
function place(node, beside, align, side) {
  const { width, height } = node.getBoundingClientRect();
  const isMirrored = getComputedStyle(node).direction === "rtl";
  const { left, top } = placeOf({
    beside,
    width,
    height,
    side,
    isLeft: (align === "start") !== isMirrored,
    view: { width: document.documentElement.clientWidth, height: window.innerHeight },
  });
  node.style.setProperty("left", `${left}px`);
  node.style.setProperty("top", `${top}px`);
}

/**
 * Where a popover stands: on its side of the control if it fits there or the other side has less room, and always inside the view.
 * @param {{ beside: { left: number, right: number, top: number, bottom: number }, width: number, height: number, side: "below" | "above",
 *   isLeft: boolean, view: { width: number, height: number } }} measures
 */
export function placeOf({ beside, width, height, side, isLeft, view }) {
  const roomBelow = view.height - beside.bottom - GAP - MARGIN;
  const roomAbove = beside.top - GAP - MARGIN;
  const isBelow = side === "below" ? height <= roomBelow || roomBelow >= roomAbove : height > roomAbove && roomBelow > roomAbove;
  const top = isBelow ? beside.bottom + GAP : beside.top - GAP - height;
  const left = isLeft ? beside.left : beside.right - width;
  return {
    left: Math.round(Math.max(MARGIN, Math.min(left, view.width - width - MARGIN))),
    top: Math.round(Math.max(MARGIN, Math.min(top, view.height - height - MARGIN))),
  };
}
