// What an account sees of the connection and the changes: nothing passes any more, in either direction, once it is over.

import { DetailEvent } from "../net/event-stream.js";

const EVENTS = ["state", "welcome"];

/** The connection, as long as the account lasts: what it left waiting must not be sent as another user. */
export class AccountConnection extends EventTarget {
  #connection;
  #signal;

  /**
   * @param {import("../net/connection.js").Connection} connection
   * @param {AbortSignal} signal aborted when the account is over
   */
  constructor(connection, signal) {
    super();
    this.#connection = connection;
    this.#signal = signal;
    const pass = (/** @type {any} */ { type, detail }) => this.dispatchEvent(new DetailEvent(type, detail));
    for (const type of EVENTS) connection.addEventListener(type, pass, { signal });
  }

  get isOnline() {
    return this.#connection.isOnline && !this.#signal.aborted;
  }

  get state() {
    return this.#connection.state;
  }

  /** Tries to connect now, or finds out whether the connection is still there. */
  wake() {
    if (!this.#signal.aborted) this.#connection.wake();
  }

  /**
   * @param {string} event
   * @param {object} data
   * @param {{ timeoutMs?: number }} [options]
   */
  command(event, data, options) {
    return this.#signal.aborted
      ? Promise.reject(new DOMException("The account is over.", "AbortError"))
      : this.#connection.command(event, data, options);
  }

  /**
   * @param {string} event
   * @param {object} data
   */
  send(event, data) {
    if (!this.#signal.aborted) this.#connection.send(event, data);
  }
}

/**
 * The changes, as long as the account lasts.
 * @param {import("../state/changes.js").Changes} changes
 * @param {AbortSignal} signal
 * @returns {import("../state/changes.js").Changes}
 */
export function accountChanges(changes, signal) {
  const doors = {
    watch(/** @type {string} */ topic, /** @type {(deltas: any[]) => void} */ listener) {
      const unwatch = changes.watch(topic, listener);
      signal.addEventListener("abort", unwatch, { once: true });
      return unwatch;
    },
    tell(/** @type {string} */ topic, /** @type {any} */ delta) {
      if (!signal.aborted) changes.tell(topic, delta);
    },
    flush: () => changes.flush(),
  };
  return /** @type {any} */ (doors);
}
