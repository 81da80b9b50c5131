// Knows how far the others have got in a room: from the receipts of my own last messages, and from then on by the news.

const ASKED_MOST = 4; // messages looked up when a room is opened; who has the last one has those before it

export class Receipts {
  #api;
  #store;

  constructor({ api, store }) {
    this.#api = api;
    this.#store = store;
  }

  /** Fetches what is not known yet, once for each time a room's messages are loaded. A failure shows fewer ticks, and nothing else. */
  async open(roomId) {
    const timeline = this.#store.timeline(roomId);
    if (!timeline.loaded || this.#store.marks.has(roomId)) return; // whoever loads it asks again
    this.#store.marks.set(roomId, new Map());
    const mine = [...timeline].filter(({ user_id: userId, deleted }) => userId === this.#store.me.user_id && !deleted);
    for (const { seq } of mine.slice(-ASKED_MOST).reverse()) {
      try {
        const { items } = await this.#api.receipts(roomId, seq);
        for (const { user_id: userId, state } of items) this.#store.raiseMarks(roomId, userId, marksAt(seq, state));
        if (items.every(({ state }) => state === "read")) return;
      } catch (problem) {
        if (problem.isPassing) this.#store.marks.delete(roomId);
        return;
      }
    }
  }
}

function marksAt(seq, state) {
  return { delivered_seq: state === "sent" ? 0 : seq, read_seq: state === "read" ? seq : 0 };
}
