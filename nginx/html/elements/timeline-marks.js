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
      // A frame for nothing costs as much as a message: most messages are others', and change no mark.
      if (this.#isDue && this.#differs()) this.#timeline.anchor.around(() => this.#timeline.isConnected && this.write());
    });
    this.#show();
  }

  #marks() {
    const { context, roomId, window: messages, room } = this.#timeline;
    const { store } = context;
    const mine = roomId && room?.me ? [...messages].filter((message) => message.user_id === store.me.user_id).reverse() : [];
    return marksOf(mine, store.deliveryStatus);
  }

  /** Whether a row does not say what it should. */
  #differs() {
    const marks = this.#marks();
    const isShown = (/** @type {number} */ seq) => marks.has(seq) && !this.#isStale(seq, marks.get(seq));
    return marks.size !== this.#shown.size || ![...this.#shown.keys()].every(isShown);
  }

  /**
   * @param {number} seq
   * @param {any} delivery
   */
  #isStale(seq, delivery) {
    const node = this.#timeline.nodeOf(seq);
    return this.#shown.get(seq) !== signOf(delivery) || Boolean(node && !node.view.delivery);
  }

  #show() {
    const marks = this.#marks();
    const { room } = this.#timeline;
    for (const seq of this.#shown.keys()) if (!marks.has(seq)) this.#timeline.nodeOf(seq)?.show({ delivery: null });
    for (const [seq, delivery] of marks) if (this.#isStale(seq, delivery)) this.#timeline.nodeOf(seq)?.show({ delivery, room });
    this.#shown = new Map([...marks].map(([seq, delivery]) => [seq, signOf(delivery)]));
  }
}

/** @param {import("../state/member-marks.js").Delivery} delivery */
function signOf({ status, readers }) {
  return `${status} ${readers.join(" ")}`;
}
