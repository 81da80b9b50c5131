// What the panel beside the timeline shows. Anybody opens it here; echo-panel draws it.

/**
 * @typedef {"details" | "members" | "search" | "receipts" | "thread" | "pins" | "saved" | "person"} Kind
 */

/** Topic of `changes`: `panel`, with `{kind}`. */
export class PanelDoor {
  /** @type {Kind | null} null: closed */ kind = null;
  /** @type {any} what it is about, such as the message or the user_id */ data = null;
  #changes;

  /** @param {{ changes: import("../state/changes.js").Changes }} options */
  constructor({ changes }) {
    this.#changes = changes;
  }

  /**
   * @param {Kind} kind
   * @param {any} [data]
   */
  open(kind, data = null) {
    this.#set(kind, data);
  }

  close() {
    if (this.kind) this.#set(null, null);
  }

  /**
   * @param {Kind | null} kind
   * @param {any} data
   */
  #set(kind, data) {
    this.kind = kind;
    this.data = data;
    this.#changes.tell("panel", { kind });
  }
}
