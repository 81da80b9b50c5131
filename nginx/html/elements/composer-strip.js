// The element <echo-composer-strip>: says over the composer what is edited or replied to, and that other words wait on another device.

import { Element, h, icon, text } from "../parts/element.js";
import { KeyedList } from "../parts/list.js";

/**
 * @typedef {object} Strip
 * @property {"edit" | "reply" | "elsewhere"} kind
 * @property {string} title
 * @property {string} detail
 * @property {string} [action] the label of what the user may do beside putting the strip away
 * @property {string} dismiss the label of what puts it away
 */

const ICONS = { edit: "edit", reply: "reply", elsewhere: "device" };
const TEST_IDS = { edit: "editing", reply: "replying", elsewhere: "draft-elsewhere" };

/** Emits `strip-action` and `strip-dismiss`, with the kind. */
export class ComposerStrip extends Element {
  /** @type {KeyedList<Strip> | null} */ #list = null;

  connected() {
    this.#list ??= new KeyedList({
      box: this,
      key: ({ kind }) => kind,
      make: (strip) => this.#make(strip),
      update: (node, strip) => write(node, strip),
    });
  }

  /** @param {readonly Strip[]} strips */
  show(strips) {
    this.#list?.set(strips);
  }

  /** @param {Strip} strip */
  #make(strip) {
    const { kind, action, dismiss } = strip;
    const testId = TEST_IDS[kind];
    const close = { type: "button", class: "icon-button", "aria-label": dismiss, title: dismiss, "data-testid": `${testId}-cancel` };
    const node = h(
      "p",
      { class: "composer-strip", "data-testid": testId },
      icon(ICONS[kind]),
      h("span", { class: "line" }, h("b", { dir: "auto" }), "\u2002", h("span", { class: "composer-strip-detail", dir: "auto" })),
      action
        ? h(
            "button",
            { type: "button", class: "link", "data-testid": `${testId}-take`, onclick: () => this.tell("strip-action", kind) },
            action,
          )
        : null,
      h("button", { ...close, onclick: () => this.tell("strip-dismiss", kind) }, icon("close")),
    );
    write(node, strip);
    return node;
  }
}

/**
 * @param {HTMLElement} node
 * @param {Strip} strip
 */
function write(node, { title, detail }) {
  const [name, words] = /** @type {HTMLElement} */ (node.querySelector(".line")).children;
  text(name, title);
  text(words, detail);
}

customElements.define("echo-composer-strip", ComposerStrip);
