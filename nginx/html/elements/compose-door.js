// What others want of the open composer. It listens; without one, nothing happens.

/** Topic of `changes`: `compose`, with `{what, message, text, files}`; `what` is the name of the method. */
export class ComposeDoor {
  #changes;

  /** @param {{ changes: import("../state/changes.js").Changes }} options */
  constructor({ changes }) {
    this.#changes = changes;
  }

  /** @param {any} message */
  reply(message) {
    this.#tell("reply", { message });
  }

  /** @param {any} message of the user's own */
  edit(message) {
    this.#tell("edit", { message });
  }

  editLast() {
    this.#tell("editLast", {});
  }

  /** @param {string} text put in at the caret */
  insert(text) {
    this.#tell("insert", { text });
  }

  /** @param {readonly File[]} files */
  attach(files) {
    this.#tell("attach", { files });
  }

  focus() {
    this.#tell("focus", {});
  }

  /**
   * @param {string} what
   * @param {object} detail
   */
  #tell(what, detail) {
    // Files have no JSON of their own: the id keeps two lists of one frame apart.
    this.#changes.tell("compose", { what, id: (this.#id += 1), ...detail });
  }

  #id = 0;
}
