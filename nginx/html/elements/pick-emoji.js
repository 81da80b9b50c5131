// Asks for an emoji, beside the control that wants one; on a phone in a sheet.

import { h } from "../parts/dom.js";
import { openPopover } from "../parts/popover.js";
import { openSheet } from "../parts/sheet.js";
import "./emoji.js";

const PHONE = "(max-width: 719.98px)";

/** @type {{ by: HTMLElement, close: () => void } | null} */
let open = null;

/**
 * The emoji that the user chooses, or null. The picker of the same control is closed instead, if it is open.
 * @param {HTMLElement} by the control, in the page
 * @param {{ label: string, side?: "above" | "below", align?: "start" | "end" }} options
 * @returns {Promise<string | null>}
 */
export function pickEmoji(by, { label, side = "above", align = "end" }) {
  if (open?.by === by) {
    open.close();
    return Promise.resolve(null);
  }
  open?.close();
  const host = by.closest("echo-app") ?? document.body;
  const picker = h("echo-emoji", { "data-testid": "emoji-picker" });
  return new Promise((resolve) => {
    /** @type {string | null} */
    let chosen = null;
    const onClose = () => {
      open = null;
      picker.remove();
      resolve(chosen);
    };
    const shown = matchMedia(PHONE).matches
      ? openSheet([picker], { label, host, onClose })
      : openBeside(picker, host, { by, label, side, align, onClose });
    open = { by, close: () => shown.close() };
    picker.addEventListener("emoji-chosen", (/** @type {any} */ { detail }) => {
      chosen = detail;
      shown.close();
    });
    if (!matchMedia("(pointer: coarse)").matches) picker.querySelector("input")?.focus(); // its keyboard would cover them
  });
}

/**
 * @param {HTMLElement} picker
 * @param {Element} host
 * @param {{ by: HTMLElement, label: string, side: "above" | "below", align: "start" | "end", onClose: () => void }} options
 */
function openBeside(picker, host, { by, label, side, align, onClose }) {
  picker.setAttribute("role", "dialog");
  picker.setAttribute("aria-label", label);
  host.append(picker);
  by.setAttribute("aria-expanded", "true");
  const closed = () => {
    by.setAttribute("aria-expanded", "false");
    onClose();
  };
  return openPopover(picker, { by, side, align, onClose: closed });
}
