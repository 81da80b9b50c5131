// Tells the server whether the user is here: the page is seen, or was a moment ago.

const IDLE_AFTER_MS = 60_000; // a short look at another tab does not count as idle

export class Presence {
  #connection;
  #page;
  /** @type {any} */ #timer = 0;

  /**
   * @param {{
   *   connection: import("../net/connection.js").Connection, clock: import("../state/types.js").Clock, page: Window, signal?: AbortSignal,
   * }} options `signal` ends it
   */
  constructor({ connection, clock, page, signal }) {
    this.#connection = connection;
    this.#page = page;
    connection.addEventListener("welcome", () => this.#send());
    const seen = () => {
      clock.clearTimeout(this.#timer);
      if (this.#isVisible) this.#send();
      else this.#timer = clock.setTimeout(() => this.#send(), IDLE_AFTER_MS);
    };
    page.document.addEventListener("visibilitychange", seen, { signal });
  }

  get #isVisible() {
    return this.#page.document.visibilityState === "visible";
  }

  #send() {
    this.#connection.send("set_presence", { state: this.#isVisible ? "active" : "idle" });
  }
}
