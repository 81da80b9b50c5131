// Knows whether the user can be looking: the page is visible and its window has the focus.

const EVENTS_OF_WINDOW = ["focus", "blur", "pageshow", "pagehide"];

/** Emits `change` (detail: `hasAttention`). */
export class Attention extends EventTarget {
  #window;
  #hasAttention;
  #update = (/** @type {Event} */ event) => this.#set(event.type !== "pagehide" && this.#look());

  /** @param {Pick<Window, "document" | "addEventListener" | "removeEventListener">} window */
  constructor(window) {
    super();
    this.#window = window;
    this.#hasAttention = this.#look();
    for (const name of EVENTS_OF_WINDOW) window.addEventListener(name, this.#update);
    window.document.addEventListener("visibilitychange", this.#update);
  }

  get hasAttention() {
    return this.#hasAttention;
  }

  /** Ends it: `hasAttention` stays false. */
  stop() {
    for (const name of EVENTS_OF_WINDOW) this.#window.removeEventListener(name, this.#update);
    this.#window.document.removeEventListener("visibilitychange", this.#update);
    this.#set(false);
  }

  #look() {
    const { document } = this.#window;
    return document.visibilityState === "visible" && document.hasFocus();
  }

  /** @param {boolean} hasAttention */
  #set(hasAttention) {
    if (hasAttention === this.#hasAttention) return;
    this.#hasAttention = hasAttention;
    this.dispatchEvent(new CustomEvent("change", { detail: hasAttention }));
  }
}
