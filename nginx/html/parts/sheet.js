// Shows a sheet over the page: a question in the middle of the screen, on a phone a list that comes from below and is pulled down again.

import { focused, h } from "./dom.js";

const PULL_PX = 80; // pulled down so far, it closes

/**
 * Opens a modal sheet. The focus stays in it, and returns to where it was.
 * @param {readonly (Node | string)[]} content
 * @param {{ label: string, host?: ParentNode, className?: string, onClose?: () => void }} options `host`: where it is put, so that its elements
 *   find the context of the app
 * @returns {{ node: HTMLDialogElement, close(result?: string): void, closed: Promise<string> }} `closed` gives what it was closed with; empty
 *   if it was dismissed
 */
export function openSheet(content, { label, host = document.body, className = "", onClose }) {
  const before = focused(/** @type {Node} */ (host));
  const handle = h("div", { class: "sheet-handle", "aria-hidden": "true" });
  const node = h(
    "dialog",
    { class: `sheet ${className}`.trim(), "aria-label": label },
    handle,
    h("div", { class: "sheet-body" }, ...content),
  );
  host.append(node);
  const closed = new Promise((resolve) => {
    node.addEventListener(
      "close",
      () => {
        node.remove();
        if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
        onClose?.();
        resolve(node.returnValue);
      },
      { once: true },
    );
  });
  node.addEventListener("click", (event) => {
    if (event.target === node) node.close(""); // beside the content
  });
  pullToClose(handle, node);
  node.returnValue = "";
  node.showModal();
  return { node, close: (result = "") => node.close(result), closed };
}

/**
 * @param {HTMLElement} handle
 * @param {HTMLDialogElement} node
 */
function pullToClose(handle, node) {
  /** @type {number | null} */
  let from = null;
  const pulled = (/** @type {PointerEvent} */ event) => (from === null ? 0 : Math.max(0, event.clientY - from));
  handle.addEventListener("pointerdown", (event) => {
    from = event.clientY;
    handle.setPointerCapture(event.pointerId);
  });
  handle.addEventListener("pointermove", (event) => {
    if (from !== null) node.style.setProperty("transform", `translateY(${pulled(event)}px)`);
  });
  const release = (/** @type {PointerEvent} */ event) => {
    const isFar = pulled(event) >= PULL_PX;
    from = null;
    node.style.removeProperty("transform");
    if (isFar && event.type === "pointerup") node.close("");
  };
  handle.addEventListener("pointerup", release);
  handle.addEventListener("pointercancel", release);
}
