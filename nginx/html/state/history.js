// Loads pages of messages: the newest when a room is opened, older ones on scroll, and those missing in a gap.

const PAGE_SIZE = 50;
const GAP_PAGE_SIZE = 200;
const GAP_PAGES_MAX = 5; // a larger gap is not filled: the newest page replaces the messages before it
const RETRY_AFTER_MS = 3_000;

/** One load at a time in each room; a method called while another load runs may do nothing. */
export class History {
  #api;
  #store;
  #receipts;
  #loading = new Map(); // room_id → the kind of the running load: "newest", "older", "newer", "around" or "gap"
  #loads = new Map(); // room_id → the promise of the last load
  #errors = new Map(); // room_id → the Problem of the last load

  constructor({ api, store, receipts }) {
    this.#receipts = receipts;
    this.#api = api;
    this.#store = store;
  }

  loading(roomId) {
    return this.#loading.get(roomId);
  }

  error(roomId) {
    return this.#errors.get(roomId);
  }

  /** Loads the newest page, or the messages after those already loaded. */
  async open(roomId) {
    const timeline = this.#store.timeline(roomId);
    if (timeline.loaded) {
      await this.fillGap(roomId);
      return this.#receipts.load(roomId);
    }
    const room = this.#store.rooms.get(roomId);
    if (!room) return;
    await this.#load(roomId, "newest", () =>
      room.last_seq === 0
        ? { messages: [], has_before: false, has_after: false }
        : this.#api.messages(roomId, { before: room.last_seq + 1, limit: PAGE_SIZE }),
    );
    await this.fillGap(roomId); // messages that arrived during the load
    await this.#receipts.load(roomId);
  }

  async loadOlder(roomId) {
    const timeline = this.#store.timeline(roomId);
    if (!timeline.loaded || !timeline.hasBefore) return;
    await this.#load(roomId, "older", () => this.#api.messages(roomId, { before: timeline.first, limit: PAGE_SIZE }));
    await this.fillGap(roomId); // a gap that opened during the load could not be filled then
  }

  /** Loads the messages around `seq`. If they do not touch those already loaded, the timeline becomes detached. */
  async loadAround(roomId, seq) {
    await this.#loads.get(roomId);
    const timeline = this.#store.timeline(roomId);
    if (timeline.get(seq)) return;
    await this.#load(roomId, "around", async () => {
      const page = await this.#api.messages(roomId, { around: seq, limit: PAGE_SIZE });
      const isApart = timeline.first === 0 || page.messages.at(-1)?.seq < timeline.first - 1;
      return isApart ? { ...page, isDetached: page.has_after } : page;
    });
  }

  /** Loads the next page of a detached timeline. */
  async loadNewer(roomId) {
    const timeline = this.#store.timeline(roomId);
    if (!timeline.isDetached) return;
    await this.#load(roomId, "newer", async () => {
      const page = await this.#api.messages(roomId, { after: timeline.last, limit: PAGE_SIZE });
      return { ...page, isDetached: page.has_after };
    });
    await this.fillGap(roomId);
  }

  /** Replaces a detached timeline by the newest page. */
  async reloadNewest(roomId) {
    await this.#loads.get(roomId);
    this.#store.timeline(roomId).clear();
    await this.open(roomId);
  }

  async fillGap(roomId) {
    const timeline = this.#store.timeline(roomId);
    if (timeline.isDetached) return;
    const missing = () => (this.#store.rooms.get(roomId)?.last_seq ?? 0) - timeline.last;
    for (let pages = 0; timeline.loaded && missing() > 0 && pages < GAP_PAGES_MAX; pages += 1) {
      if (missing() > GAP_PAGE_SIZE * GAP_PAGES_MAX) {
        timeline.clear();
        return this.open(roomId);
      }
      const lastBefore = timeline.last;
      const hasLoaded = await this.#load(roomId, "gap", () =>
        this.#api.messages(roomId, { after: timeline.last, limit: GAP_PAGE_SIZE }),
      );
      if (!hasLoaded || timeline.last === lastBefore) {
        // The next message would retry, but there may be none for hours.
        if (this.#errors.get(roomId)?.isTransient) setTimeout(() => this.fillGap(roomId), RETRY_AFTER_MS);
        return;
      }
    }
  }

  #load(roomId, kind, fetchPage) {
    if (this.#loading.has(roomId)) return false;
    const load = this.#run(roomId, kind, fetchPage);
    this.#loads.set(roomId, load);
    return load;
  }

  async #run(roomId, kind, fetchPage) {
    this.#loading.set(roomId, kind);
    this.#errors.delete(roomId);
    this.#store.notify(`room:${roomId}`);
    try {
      await this.#store.timeline(roomId).mergeFetched(async () => fetchPage());
      return true;
    } catch (problem) {
      this.#errors.set(roomId, problem);
      return false;
    } finally {
      this.#loading.delete(roomId);
      this.#store.notify(`room:${roomId}`);
    }
  }
}
