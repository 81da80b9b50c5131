// What a finger does to a message: a long press, and a swipe to answer it.

import { isMirrored } from "../parts/dom.js";

const PRESS_MS = 500;
const STILL_PX = 10; // a finger is never quite still
const SWIPE_PX = 64;
const SWIPE_MAX_PX = 80;

/** @typedef {import("./message.js").Message} MessageNode */

/**
 * Listens for both; a finger that scrolls does neither. The browser gives sideways moves to `touch-action: pan-y`.
 * @param {import("../parts/element.js").Element} host
 * @param {HTMLElement} box
 * @param {{ onPress: (node: MessageNode) => void, onSwipe: (node: MessageNode) => void }} handlers
 */
export function listenForTouches(host, box, { onPress, onSwipe }) {
  /** @type {{ node: MessageNode, x: number, y: number, id: number, cancel: () => void, isSwipe: boolean } | null} */
  let touch = null;

  const end = () => {
    touch?.cancel();
    touch?.node.style.removeProperty("--swipe");
    touch?.node.classList.remove("swiped");
    touch = null;
  };
  const moved = (/** @type {PointerEvent} */ { clientX, clientY }) => {
    if (!touch) return { along: 0, across: 0 };
    return { along: (clientX - touch.x) * (isMirrored(touch.node) ? -1 : 1), across: Math.abs(clientY - touch.y) };
  };

  host.listen(box, "pointerdown", (event) => {
    end();
    const node = event.target instanceof Element ? event.target.closest("echo-message") : null;
    if (event.pointerType !== "touch" || !event.isPrimary || !node) return;
    const cancel = host.later(PRESS_MS, () => {
      const pressed = touch;
      end();
      if (pressed) onPress(pressed.node);
    });
    touch = { node, x: event.clientX, y: event.clientY, id: event.pointerId, cancel, isSwipe: false };
  });
  host.listen(box, "pointermove", (event) => {
    if (!touch || event.pointerId !== touch.id) return;
    const { along, across } = moved(event);
    if (Math.abs(along) > STILL_PX || across > STILL_PX) touch.cancel();
    if (!touch.isSwipe && along > STILL_PX && along > 2 * across) {
      touch.isSwipe = true;
      touch.node.classList.add("swiped");
    }
    if (touch.isSwipe) touch.node.style.setProperty("--swipe", `${Math.min(SWIPE_MAX_PX, Math.max(0, along))}px`);
  });
  host.listen(box, "pointerup", (event) => {
    const swiped = touch?.isSwipe && moved(event).along >= SWIPE_PX ? touch.node : null;
    end();
    if (swiped) onSwipe(swiped);
  });
  host.listen(box, "pointercancel", end);
}
