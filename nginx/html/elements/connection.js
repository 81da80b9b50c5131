// Says how the connection is while it is not there, what waits to be sent, and lets the user try at once.

import { attribute, Element, h, show, text, toggle } from "../parts/element.js";
import { connectionWords } from "./connection-words.js";

const SHOW_AFTER_MS = 700; // a quicker reconnection is not shown
const COUNT_MS = 1_000;

/** `data-state` is the name of the state, at once; the class `shown` comes later. */
export class ConnectionBanner extends Element {
  /** @type {(() => void) | null} */ #showing = null;
  /** @type {(() => void) | null} */ #counting = null;
  /** @type {Set<string>} */ #watched = new Set();

  /** @param {any} context */
  static template({ texts: { t } }) {
    return [
      h(
        "p",
        { class: "banner connection", role: "status", part: "banner", "data-testid": "connection-status", "data-state": "idle" },
        h("span", { part: "text" }),
        h("span", { part: "count", "aria-hidden": "true" }), // it would be read aloud every second
        h("span", { part: "unsent", "data-testid": "waiting" }),
        h("button", { type: "button", class: "link", part: "retry", "data-testid": "connection-retry" }, t("connection.retry_now")),
      ),
    ];
  }

  connected() {
    const { connection } = this.context;
    this.listen(this.parts.retry, "click", () => connection.retryNow());
    this.watch("connection", () => this.#draw());
    this.watch("rooms", () => this.#watchUnsent());
    this.#watchUnsent();
    this.#draw();
  }

  disconnected() {
    this.#watched.clear();
  }

  #watchUnsent() {
    for (const roomId of this.context.store.rooms.keys()) {
      if (this.#watched.has(roomId)) continue;
      this.#watched.add(roomId);
      this.watch(`unsent:${roomId}`, () => this.#drawUnsent());
    }
  }

  #draw() {
    const { name } = this.context.connection.state;
    attribute(this.parts.banner, "data-state", name);
    this.#counting?.();
    this.#counting = null;
    if (name === "online" || name === "idle" || name === "signed-out") {
      this.#showing?.();
      this.#showing = null;
      toggle(this.parts.banner, "shown", false);
    } else {
      this.#showing ??= this.later(SHOW_AFTER_MS, () => {
        toggle(this.parts.banner, "shown", true);
        this.#drawText();
      });
    }
    this.#drawText();
    this.#drawUnsent();
  }

  #drawText() {
    const { connection, environment, texts } = this.context;
    const { name, until = 0, mandatory, reason } = connection.state;
    text(this.parts.text, connectionWords(texts.t, connection.state));
    show(this.parts.count, name === "waiting");
    show(this.parts.retry, (name === "waiting" && !mandatory) || (name === "stopped" && reason !== "suspended"));
    if (name !== "waiting") return;
    const n = Math.max(0, Math.ceil((until - environment.now()) / COUNT_MS));
    text(this.parts.count, texts.t("connection.retry_in", { n }));
    this.#counting = this.later(COUNT_MS, () => this.#drawText());
  }

  #drawUnsent() {
    const { connection, outbox, texts } = this.context;
    const n = outbox.waiting;
    show(this.parts.unsent, n > 0 && !connection.isOnline);
    if (n > 0) text(this.parts.unsent, texts.t("connection.waiting", { n }));
  }
}

customElements.define("echo-connection", ConnectionBanner);
