// Loads pages of messages into the rooms' windows: where the user wants to read on, around it, and what is missing at the end.

import { Pages } from "./pages.js";

const PAGE_SIZE = 50;
const GAP_PAGE_SIZE = 200;
const GAP_PAGES_MAX = 3; // for messages that arrive while a gap is being filled
const OPEN_TRIES_MAX = 3;
const WINDOWS_MAX = 8; // rooms whose messages are held at once
const RETRY_FIRST_MS = 3_000;
const RETRY_MAX_MS = 60_000;

/**
 * @typedef {import("./types.js").PageQuery} PageQuery
 * @typedef {import("./timeline.js").Side} Side
 * @typedef {"open" | "older" | "newer" | "around" | "gap"} Kind
 */

/**
 * A page comes from the cache first, so that the room opens at once and offline, and then from the server, which has the last word. One load
 * at a time in each room; `loadOlder`, `loadNewer` and `fillGap` do nothing while another load runs.
 */
export class History {
  #pages;
  #store;
  #clock;
  /** @type {Map<string, {kind: Kind, done: Promise<void>}>} room_id → the load that runs */
  #loads = new Map();
  /** @type {Map<string, any>} room_id → the Problem of the last load */
  #errors = new Map();
  /** @type {Map<string, number>} room_id → the message where the user left it, unless that was the end */
  #places = new Map();
  /** @type {Set<string>} the rooms with a window, the one opened last at the end */
  #opened = new Set();
  #retry = { timer: /** @type {any} */ (null), ms: RETRY_FIRST_MS };

  /** @param {import("./pages.js").Sources & {clock: import("./types.js").Clock}} options */
  constructor({ api, store, cache, clock }) {
    this.#pages = new Pages({ api, store, cache });
    this.#store = store;
    this.#clock = clock;
  }

  /** The kind of the load that runs. */
  loading(/** @type {string} */ roomId) {
    return this.#loads.get(roomId)?.kind;
  }

  /** The Problem of the last load, until the next one. */
  error(/** @type {string} */ roomId) {
    return this.#errors.get(roomId);
  }

  // ---- opening ----

  /**
   * Opens a room where the user wants to read on. `unread`: at the first unread message, else where they left the room, else at the end.
   *
   * @param {string} roomId
   * @param {{at?: "unread" | "newest" | number}} options
   * @returns {Promise<number | null>} the message to bring in sight; null: the end
   */
  async open(roomId, { at = "unread" } = /** @type {{}} */ ({})) {
    this.#hold(roomId);
    const seq = typeof at === "number" ? at : at === "newest" ? null : this.#placeToRead(roomId);
    for (let tries = 0; tries < OPEN_TRIES_MAX; tries += 1) {
      await this.#loads.get(roomId)?.done;
      const timeline = this.#store.timeline(roomId);
      timeline.isFollowing = seq === null;
      if (timeline.loaded && (seq === null ? timeline.isAtNewest : timeline.get(seq))) break;
      await this.#load(roomId, "open", seq === null ? this.#newest(roomId) : this.#around(roomId, seq), "around");
      // The state may have been loaded anew, and the window emptied, while the page was on its way.
      if (timeline === this.#store.timeline(roomId) && (timeline.loaded || this.error(roomId))) break;
    }
    await this.#fillEnd(roomId); // messages that arrived during the load
    return seq;
  }

  /** The user leaves a room; `seq` is the message that they were at, null the end. */
  leave(/** @type {string} */ roomId, /** @type {number | null} */ seq) {
    if (seq === null) this.#places.delete(roomId);
    else this.#places.set(roomId, seq);
    this.#store.timeline(roomId).isFollowing = false; // what comes meanwhile does not push out what is unread
  }

  #placeToRead(/** @type {string} */ roomId) {
    const room = this.#store.rooms.get(roomId);
    return (room && this.#store.firstUnread(room)) ?? this.#places.get(roomId) ?? null;
  }

  // Holds the windows of the rooms that were opened last; of the others, the cache has the messages.
  #hold(/** @type {string} */ roomId) {
    this.#opened.delete(roomId);
    this.#opened.add(roomId);
    if (this.#opened.size <= WINDOWS_MAX) return;
    const [oldest] = this.#opened;
    this.#opened.delete(oldest);
    this.#store.timeline(oldest).clear();
  }

  // ---- moving the window ----

  async loadOlder(/** @type {string} */ roomId) {
    const timeline = this.#store.timeline(roomId);
    if (!timeline.loaded || !timeline.hasBefore || this.loading(roomId)) return;
    await this.#load(roomId, "older", { before: timeline.first, limit: PAGE_SIZE }, "before");
    await this.#fillEnd(roomId); // a gap that opened during the load could not be filled then
  }

  async loadNewer(/** @type {string} */ roomId) {
    const timeline = this.#store.timeline(roomId);
    if (!timeline.loaded || !timeline.hasAfter || this.loading(roomId)) return;
    await this.#load(roomId, "newer", { after: timeline.last, limit: PAGE_SIZE }, "after");
    await this.#fillEnd(roomId);
  }

  /** Loads what is missing at the end, if the user is there; or the room, if it could not be opened. */
  async fillGap(/** @type {string} */ roomId) {
    if (this.#store.timeline(roomId).loaded) await this.#fillEnd(roomId);
    else if (this.#opened.has(roomId) && !this.loading(roomId)) await this.open(roomId);
  }

  // After an absence that does not fit into the window, it ends in what is new, and `loadNewer` goes on.
  async #fillEnd(/** @type {string} */ roomId) {
    const timeline = this.#store.timeline(roomId);
    for (let pages = 0; pages < GAP_PAGES_MAX; pages += 1) {
      const { last, newest } = timeline;
      if (!timeline.loaded || !timeline.isFollowing || last >= newest || this.loading(roomId)) return;
      if (pages > 0 && newest - last > GAP_PAGE_SIZE) return;
      await this.#load(roomId, "gap", { after: last, limit: GAP_PAGE_SIZE }, "after");
      if (timeline.last === last) return;
    }
  }

  // ---- loading ----

  #newest(/** @type {string} */ roomId) {
    const lastSeq = this.#store.rooms.get(roomId)?.last_seq; // unknown of a public room that the user looks into
    if (lastSeq === undefined) return { limit: PAGE_SIZE };
    // The cache may have the first messages of a room that was empty when the state was saved.
    return lastSeq === 0 ? { after: 0, limit: PAGE_SIZE } : { before: lastSeq + 1, limit: PAGE_SIZE };
  }

  // Near the end, the newest page has the message and its surroundings.
  #around(/** @type {string} */ roomId, /** @type {number} */ seq) {
    const lastSeq = this.#store.rooms.get(roomId)?.last_seq ?? Infinity;
    return lastSeq - seq < PAGE_SIZE / 2 && seq <= lastSeq ? this.#newest(roomId) : { around: seq, limit: PAGE_SIZE };
  }

  async #load(/** @type {string} */ roomId, /** @type {Kind} */ kind, /** @type {PageQuery} */ query, /** @type {Side} */ side) {
    let finish = (/** @type {void} */ _) => {};
    this.#loads.set(roomId, { kind, done: new Promise((resolve) => (finish = resolve)) });
    this.#errors.delete(roomId);
    this.#tellState(roomId);
    try {
      await this.#pages.load(roomId, query, side);
      this.#retry.ms = RETRY_FIRST_MS;
    } catch (/** @type {any} */ problem) {
      this.#errors.set(roomId, problem);
      if (problem.isTransient && (kind === "open" || kind === "gap")) this.#retryLater(roomId, problem.retryAfterMs);
    } finally {
      this.#loads.delete(roomId);
      this.#tellState(roomId);
      finish();
    }
  }

  // The next message or welcome would retry as well, but there may be none for hours.
  #retryLater(/** @type {string} */ roomId, /** @type {number | null} */ afterMs) {
    const isShown = [...this.#opened].pop() === roomId;
    if (!isShown) return;
    this.#clock.clearTimeout(this.#retry.timer);
    this.#retry.timer = this.#clock.setTimeout(() => this.fillGap(roomId), afterMs ?? this.#retry.ms);
    this.#retry.ms = Math.min(2 * this.#retry.ms, RETRY_MAX_MS);
  }

  #tellState(/** @type {string} */ roomId) {
    this.#store.changes.tell(`timeline:${roomId}`, { room: roomId, seq: null, what: "state" });
  }
}
