// Says below the user's own messages how far they have come: below the newest, and older ones where it differs.

import { marksOf } from "./message-summary.js";

const EVERY_MS = 250; // each member of a large room tells what they have read, and all are looked at for each message

export class TimelineMarks {
  #timeline;
  /** @type {Map<number, string>} seq → what its row says */ #shown = new Map();
  #isWaiting = false;
  #isDue = false;

  /** @param {import("./timeline.js").Timeline} timeline */
  constructor(timeline) {
    this.#timeline = timeline;
  }

  enter() {
    this.#shown.clear();
  }

  /** Something has changed: they are drawn with the next frame, or a moment later. */
  plan() {
    this.#isDue = true;
    if (!this.#isWaiting) this.#timeline.draw();
  }

  /** Writes them, when the timeline writes. */
  write() {
    this.#isDue = true;
    if (this.#isWaiting) return;
    this.#isDue = false;
    if (!this.#timeline.roomId) return;
    this.#isWaiting = true;
    this.#timeline.later(EVERY_MS, () => {
      this.#isWaiting = false;
      if (this.#isDue) this.#timeline.anchor.around(() => this.#timeline.isConnected && this.write());
    });
    this.#show();
  }

  #show() {
    const { context, window: messages, room } = this.#timeline;
    const { store } = context;
    const mine = room?.me ? [...messages].filter((message) => message.user_id === store.me.user_id).reverse() : [];
    const marks = marksOf(mine, store.deliveryStatus);
    for (const seq of this.#shown.keys()) if (!marks.has(seq)) this.#timeline.nodeOf(seq)?.show({ delivery: null });
    this.#shown = new Map(
      [...marks].map(([seq, delivery]) => {
        const node = this.#timeline.nodeOf(seq);
        const sign = `${delivery.status} ${delivery.readers.join(" ")}`;
        if (node && (this.#shown.get(seq) !== sign || !node.view.delivery)) node.show({ delivery, room });
        return [seq, sign];
      }),
    );
  }
}
