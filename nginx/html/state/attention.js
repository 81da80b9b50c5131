// Knows whether the user can be looking: the page is visible and its window has the focus; of a box in it, at least half is in sight.

const HALF = 0.5;
const EVENTS_OF_WINDOW = ["focus", "blur", "pageshow", "pagehide"];

/** Emits `change` (detail: `hasAttention`). */
export class Attention extends EventTarget {
  #window;
  #hasAttention;
  #isInSight;
  /** @type {IntersectionObserver | null} */ #observer = null;
  #update = (/** @type {Event} */ event) => this.#set(event.type !== "pagehide" && this.#look());

  /**
   * @param {Pick<Window, "document" | "addEventListener" | "removeEventListener">} window
   * @param {Element | null} [box] of a page that shows other things, too
   */
  constructor(window, box = null) {
    super();
    this.#window = window;
    this.#isInSight = !box;
    if (box) this.#observe(box);
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
    this.#observer?.disconnect();
    this.#set(false);
  }

  #look() {
    const { document } = this.#window;
    return this.#isInSight && document.visibilityState === "visible" && document.hasFocus();
  }

  #observe(/** @type {Element} */ box) {
    this.#observer = new IntersectionObserver(
      (entries) => {
        this.#isInSight = entries[entries.length - 1].intersectionRatio >= HALF;
        this.#set(this.#look());
      },
      { threshold: [0, HALF] },
    );
    this.#observer.observe(box);
  }

  /** @param {boolean} hasAttention */
  #set(hasAttention) {
    if (hasAttention === this.#hasAttention) return;
    this.#hasAttention = hasAttention;
    this.dispatchEvent(new CustomEvent("change", { detail: hasAttention }));
  }
}
