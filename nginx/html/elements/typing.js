// The element <echo-typing>: says who is typing in a room.

import { Element, h, text } from "../parts/element.js";

export class Typing extends Element {
  /** @type {string | null} */ #roomId = null;
  /** @type {() => void} */ #unwatch = () => {};

  static template() {
    return [h("p", { part: "words", class: "typing line", "aria-live": "polite", "data-testid": "typing", dir: "auto" })];
  }

  connected() {
    this.#follow();
  }

  /** @param {string | null} roomId */
  set roomId(roomId) {
    this.#roomId = roomId;
    if (this.isConnected) this.#follow();
  }

  #follow() {
    this.#unwatch();
    this.#unwatch = this.#roomId ? this.watch(`typing:${this.#roomId}`, () => this.#show()) : () => {};
    this.#show();
  }

  #show() {
    const { store, texts } = this.context;
    const [first, second, third] = this.#roomId ? store.typingNames(this.#roomId) : [];
    let words = "";
    if (third !== undefined) words = texts.t("timeline.typing_many");
    else if (second !== undefined) words = texts.t("timeline.typing_two", { first, second });
    else if (first !== undefined) words = texts.t("timeline.typing_one", { name: first });
    text(this.parts.words, words);
  }
}

customElements.define("echo-typing", Typing);
