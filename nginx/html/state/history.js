// Fetches pages of messages: the newest when a room is opened, older ones on scroll, and those that a gap shows to be missing.

const PAGE = 50;
const GAP_PAGE = 200;
const GAP_PAGES_MOST = 5; // further behind than this, starting afresh is less to read and to draw
const TRY_AGAIN_MS = 3_000;

export class History {
  #api;
  #store;
  #receipts;
  #busy = new Map(); // room_id → what is being fetched: "newest", "older", "newer", "around" or "gap"
  #running = new Map(); // room_id → the promise of it
  #failed = new Map(); // room_id → the Problem of the last fetch

  constructor({ api, store, receipts }) {
    this.#receipts = receipts;
    this.#api = api;
    this.#store = store;
  }

  busy(roomId) {
    return this.#busy.get(roomId);
  }

  failure(roomId) {
    return this.#failed.get(roomId);
  }

  /** The newest page, or what came after the one we have. */
  async open(roomId) {
    const timeline = this.#store.timeline(roomId);
    if (timeline.loaded) {
      await this.fillGap(roomId);
      return this.#receipts.open(roomId);
    }
    const room = this.#store.rooms.get(roomId);
    if (!room) return;
    await this.#fetch(roomId, "newest", () =>
      room.last_seq === 0
        ? { messages: [], has_before: false, has_after: false }
        : this.#api.messages(roomId, { before: room.last_seq + 1, limit: PAGE }),
    );
    await this.fillGap(roomId); // what arrived while the page was on its way
    await this.#receipts.open(roomId);
  }

  async older(roomId) {
    const timeline = this.#store.timeline(roomId);
    if (!timeline.loaded || !timeline.hasBefore) return;
    await this.#fetch(roomId, "older", () => this.#api.messages(roomId, { before: timeline.first, limit: PAGE }));
    await this.fillGap(roomId); // one fetch at a time: a gap that opened meanwhile was left for now
  }

  /** The messages around one that is far from those we have; those after them come by `newer`. */
  async around(roomId, seq) {
    await this.#running.get(roomId);
    const timeline = this.#store.timeline(roomId);
    if (timeline.get(seq)) return;
    await this.#fetch(roomId, "around", async () => {
      const page = await this.#api.messages(roomId, { around: seq, limit: PAGE });
      const isApart = timeline.first === 0 || page.messages.at(-1)?.seq < timeline.first - 1;
      return isApart ? { ...page, away: page.has_after } : page; // else it joins what we have
    });
  }

  async newer(roomId) {
    const timeline = this.#store.timeline(roomId);
    if (!timeline.away) return;
    await this.#fetch(roomId, "newer", async () => {
      const page = await this.#api.messages(roomId, { after: timeline.last, limit: PAGE });
      return { ...page, away: page.has_after };
    });
    await this.fillGap(roomId);
  }

  /** Back from the past: the newest page anew. */
  async newest(roomId) {
    await this.#running.get(roomId);
    this.#store.timeline(roomId).clear();
    await this.open(roomId);
  }

  async fillGap(roomId) {
    const timeline = this.#store.timeline(roomId);
    if (timeline.away) return;
    const missing = () => (this.#store.rooms.get(roomId)?.last_seq ?? 0) - timeline.last;
    for (let pages = 0; timeline.loaded && missing() > 0 && pages < GAP_PAGES_MOST; pages += 1) {
      if (missing() > GAP_PAGE * GAP_PAGES_MOST) {
        timeline.clear();
        return this.open(roomId);
      }
      const had = timeline.last;
      const fetched = await this.#fetch(roomId, "gap", () =>
        this.#api.messages(roomId, { after: timeline.last, limit: GAP_PAGE }),
      );
      if (!fetched || timeline.last === had) {
        // The next message would ask again, but there may be none for hours.
        if (this.#failed.get(roomId)?.isPassing) setTimeout(() => this.fillGap(roomId), TRY_AGAIN_MS);
        return;
      }
    }
  }

  #fetch(roomId, what, page) {
    if (this.#busy.has(roomId)) return false;
    const running = this.#run(roomId, what, page);
    this.#running.set(roomId, running);
    return running;
  }

  async #run(roomId, what, page) {
    this.#busy.set(roomId, what);
    this.#failed.delete(roomId);
    this.#store.touch(`room:${roomId}`);
    try {
      await this.#store.timeline(roomId).during(async () => page());
      return true;
    } catch (problem) {
      this.#failed.set(roomId, problem);
      return false;
    } finally {
      this.#busy.delete(roomId);
      this.#store.touch(`room:${roomId}`);
    }
  }
}
