// Has screen readers say the messages that come: a live region around the list would also read aloud every page that is loaded.

import { inOneLine } from "./summary.js";

const ANNOUNCED_MAX = 3;

export class Announcer {
  #timeline;

  /** @param {import("./timeline.js").Timeline} timeline */
  constructor(timeline) {
    this.#timeline = timeline;
  }

  enter() {
    this.#timeline.parts.announcer.textContent = "";
  }

  /** @param {number[]} seqs */
  arrived(seqs) {
    const { context, window: messages, parts } = this.#timeline;
    const { store, texts } = context;
    /** @type {string[]} */
    const said = [];
    for (const seq of seqs) {
      const message = messages.get(seq);
      if (!message || message.deleted || message.user_id === store.me.user_id) continue;
      const name = store.displayName(message.user_id, message) || texts.t("names.deleted_user");
      said.push(texts.t("message.quote", { name, text: inOneLine(message, texts.t) }));
    }
    if (said.length) this.#timeline.write(() => (parts.announcer.textContent = said.slice(-ANNOUNCED_MAX).join("\n")));
  }
}
