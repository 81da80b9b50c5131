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

  /** Draws them soon: at once, if that was not done a moment ago. */
  plan() {
    if (this.#isDue) return;
    this.#isDue = true;
    if (!this.#isWaiting) this.#run();
  }

  #run() {
    this.#isWaiting = true;
    this.#timeline.later(EVERY_MS, () => {
      this.#isWaiting = false;
      if (this.#isDue) this.#run();
    });
    this.#timeline.anchor.around(() => {
      this.#isDue = false;
      if (this.#timeline.isConnected && this.#timeline.roomId) this.#write();
    });
  }

  #write() {
    const { context, window: messages, room } = this.#timeline;
    const { store } = context;
    const mine = room?.me ? [...messages].filter((message) => message.user_id === store.me.user_id).reverse() : [];
    const marks = marksOf(mine, store.deliveryStatus);
    for (const seq of this.#shown.keys()) if (!marks.has(seq)) this.#timeline.nodeOf(seq)?.show({ delivery: null });
    for (const [seq, delivery] of marks) {
      const node = this.#timeline.nodeOf(seq);
      const sign = `${delivery.status} ${delivery.readers.join(" ")}`;
      if (node && (this.#shown.get(seq) !== sign || !node.view.delivery)) node.show({ delivery, room });
    }
    this.#shown = new Map([...marks].map(([seq, { status, readers }]) => [seq, `${status} ${readers.join(" ")}`]));
  }
}
