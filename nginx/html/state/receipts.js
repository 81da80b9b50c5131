// Loads how far the other members of a room have received and read; later receipt events keep that up to date.

const MESSAGES_MAX = 4; // own messages looked up when a room is opened: a member who has the last one has those before it

export class Receipts {
  #api;
  #store;

  constructor({ api, store }) {
    this.#api = api;
    this.#store = store;
  }

  /** Loads the markers once for each time the room's messages are loaded. After a failure the page shows fewer ticks, no error. */
  async load(roomId) {
    const timeline = this.#store.timeline(roomId);
    if (!timeline.loaded || this.#store.markers.has(roomId)) return; // called again when the messages are loaded
    this.#store.markers.set(roomId, new Map());
    const own = [...timeline].filter(({ user_id: userId, deleted }) => userId === this.#store.me.user_id && !deleted);
    for (const { seq } of own.slice(-MESSAGES_MAX).reverse()) {
      try {
        const { items } = await this.#api.receipts(roomId, seq);
        for (const { user_id: userId, state } of items) this.#store.advanceMarkers(roomId, userId, markersFor(seq, state));
        if (items.every(({ state }) => state === "read")) return;
      } catch (problem) {
        if (problem.isTransient) this.#store.markers.delete(roomId);
        return;
      }
    }
  }
}

function markersFor(seq, state) {
  return { delivered_seq: state === "sent" ? 0 : seq, read_seq: state === "read" ? seq : 0 };
}
