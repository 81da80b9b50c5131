// Copies a text, also on plain http, where browsers have no clipboard for scripts.

import { deepFocus, h } from "../parts/dom.js";

/**
 * @param {string} text
 * @returns {Promise<boolean>} whether it was copied
 */
export async function copyText(text) {
  if (navigator.clipboard) {
    return navigator.clipboard.writeText(text).then(
      () => true,
      () => copyBySelection(text),
    );
  }
  return copyBySelection(text);
}

/** @param {string} text */
function copyBySelection(text) {
  const before = deepFocus();
  const root = before?.getRootNode() instanceof ShadowRoot ? /** @type {ShadowRoot} */ (before.getRootNode()) : document;
  const field = h("textarea", { class: "visually-hidden", readonly: true });
  field.value = text;
  const place = root.querySelector("dialog[open]") ?? (root instanceof ShadowRoot ? root : document.body);
  place.append(field); // beside an open dialog nothing can be selected
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  return isCopied;
}
