// Shows short messages at the edge of the page for a few seconds, with at most one thing to do, such as to undo.

import { h, icon, text } from "./dom.js";

const SHOWN_MS = 7_000;
const SHOWN_MAX = 3;

/**
 * @typedef {object} Toast
 * @property {string} message
 * @property {HTMLElement} node
 * @property {any} timer
 */

export class Toasts {
  /** @type {HTMLElement} */ #box;
  /** @type {{ setTimeout(run: () => void, ms: number): any, clearTimeout(timer: any): void }} */ #clock;
  /** @type {string} */ #dismissLabel;
  /** @type {Toast[]} the oldest first */ #shown = [];
  #isHeld = false; // while the pointer or the focus is on them

  /**
   * @param {HTMLElement} box
   * @param {{ clock: { setTimeout(run: () => void, ms: number): any, clearTimeout(timer: any): void }, dismissLabel: string }} options
   */
  constructor(box, { clock, dismissLabel }) {
    this.#box = box;
    this.#clock = clock;
    this.#dismissLabel = dismissLabel;
    for (const type of ["pointerenter", "focusin"]) box.addEventListener(type, () => this.#hold(true));
    for (const type of ["pointerleave", "focusout"]) box.addEventListener(type, () => this.#hold(false));
  }

  /**
   * Shows a message; the same one again is not shown twice. Returns what takes it away.
   * @param {string} message
   * @param {{ action?: { label: string, run: () => void }, isError?: boolean }} options an error is read aloud at once
   */
  show(message, { action, isError = false } = {}) {
    const same = this.#shown.find((toast) => toast.message === message && !action);
    if (same) {
      this.#start(same);
      return () => this.#dismiss(same);
    }
    const label = h("span", { dir: "auto" });
    const node = h("div", { class: isError ? "toast error" : "toast", role: isError ? "alert" : "status", "data-testid": "toast" }, label);
    /** @type {Toast} */
    const toast = { message, node, timer: null };
    const dismiss = () => this.#dismiss(toast);
    if (action) {
      const act = () => {
        dismiss();
        action.run();
      };
      node.append(h("button", { type: "button", class: "link", "data-testid": "toast-action", onclick: act }, action.label));
    }
    node.append(h("button", { type: "button", class: "icon-button", "aria-label": this.#dismissLabel, onclick: dismiss }, icon("close")));
    this.#box.append(node);
    text(label, message); // a live region is read when its text comes, not when it does
    this.#shown.push(toast);
    if (this.#shown.length > SHOWN_MAX) this.#dismiss(this.#shown[0]);
    this.#start(toast);
    return dismiss;
  }

  /** @param {Toast} toast */
  #start(toast) {
    this.#clock.clearTimeout(toast.timer);
    toast.timer = this.#isHeld ? null : this.#clock.setTimeout(() => this.#dismiss(toast), SHOWN_MS);
  }

  /** @param {Toast} toast */
  #dismiss(toast) {
    this.#clock.clearTimeout(toast.timer);
    this.#shown = this.#shown.filter((each) => each !== toast);
    toast.node.remove();
    if (this.#shown.length === 0) this.#isHeld = false;
  }

  /** @param {boolean} isHeld */
  #hold(isHeld) {
    this.#isHeld = isHeld;
    for (const toast of this.#shown) this.#start(toast);
  }
}
