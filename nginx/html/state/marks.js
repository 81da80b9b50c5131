// Moves the user's markers on the server, once for a burst of changes.

import { advance } from "./markers.js";
import { MemberMarksLoads } from "./member-marks-loads.js";

const SEND_AFTER_MS = 400;
const RETRY_AFTER_MS = 3_000;

/**
 * @typedef {import("./types.js").Markers} Markers
 * @typedef {import("./types.js").Room} Room
 *
 * @typedef {{user: import("./types.js").User, joined_at: string, marks?: Markers | null}} Member `marks` is null if they hide them
 * @typedef {{seq: number | null, readSeq: number}} UnreadChange a mark as unread, null: that it is gone; the read marker when it was made
 *
 * @typedef {import("./member-marks-loads.js").MembersAPI & {
 *   markUnread(roomId: string, seq: number): Promise<unknown>,
 *   clearUnread(roomId: string): Promise<unknown>,
 * }} MarksAPI
 */

export class Marks {
  #api;
  #connection;
  #store;
  #clock;
  /** @type {any} */ #timer = null;
  #isSending = false;
  /** @type {Map<string, UnreadChange>} room_id → what the server has not been told */ #unreadChanges = new Map();

  /**
   * @param {{
   *   api: MarksAPI, store: import("./store.js").Store, clock: import("./types.js").Clock,
   *   connection: EventTarget & {isOnline: boolean, command(event: string, data: object): Promise<unknown>},
   * }} options
   */
  constructor({ api, connection, store, clock }) {
    this.#api = api;
    this.#connection = connection;
    this.#store = store;
    this.#clock = clock;
    const loads = new MemberMarksLoads({ api, store });
    this.load = loads.load.bind(loads);
    connection.addEventListener("welcome", () => this.#schedule());
    store.changes.watch("rooms", () => this.#schedule()); // a message that has arrived counts as delivered
  }

  // ---- what the user has seen ----

  /** The user has read all up to a message. This takes back their mark as unread, whether or not the marker moves. */
  read(/** @type {string} */ roomId, /** @type {number} */ seq) {
    const unreadSeq = this.#store.rooms.get(roomId)?.me?.marked_unread_seq;
    if (unreadSeq && seq >= unreadSeq) this.#setUnread(roomId, null);
    this.#store.advanceOwnMarks(roomId, { read_seq: seq });
    this.#schedule();
  }

  /** The user says that a room is read. */
  readAll(/** @type {string} */ roomId) {
    this.read(roomId, this.#store.rooms.get(roomId)?.last_seq ?? 0);
  }

  /** The user has seen the words of all messages up to this one in a list or a notification. */
  previewed(/** @type {string} */ roomId, /** @type {number} */ seq) {
    this.#store.advanceOwnMarks(roomId, { preview_seq: seq });
    this.#schedule();
  }

  /** Marks a room as unread from a message on, at once; the markers stay, since others have been told them. */
  markUnread(/** @type {string} */ roomId, /** @type {number} */ seq) {
    this.#setUnread(roomId, seq);
    this.flush();
  }

  #setUnread(/** @type {string} */ roomId, /** @type {number | null} */ seq) {
    this.#store.setMarkedUnread(roomId, seq);
    this.#unreadChanges.set(roomId, { seq, readSeq: this.#readSeq(roomId) });
  }

  #readSeq(/** @type {string} */ roomId) {
    return this.#store.rooms.get(roomId)?.me?.read_seq ?? 0;
  }

  // ---- sending ----

  /** Sends what waits, now. */
  flush() {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
    return this.#sendAll();
  }

  /** Sends what waits, without waiting for one reply after the other: the page goes. It may come back. */
  leave() {
    const again = () => this.#schedule(RETRY_AFTER_MS);
    for (const room of this.#store.rooms.values()) {
      const marks = this.#unsent(room);
      if (Object.keys(marks).length) this.#send(room.room_id, marks).catch(again);
    }
    for (const roomId of this.#unreadChanges.keys()) this.#sendUnread(roomId).catch(again);
  }

  #schedule(afterMs = SEND_AFTER_MS) {
    this.#timer ??= this.#clock.setTimeout(() => this.flush(), afterMs);
  }

  // One room after another: after a long absence every room has new markers, and none of them is urgent.
  async #sendAll() {
    if (this.#isSending) return this.#schedule(); // the loop may have passed the room that has changed
    this.#isSending = true;
    try {
      for (const roomId of [...this.#store.rooms.keys()]) {
        await this.#sendMarks(roomId);
        if (!this.#connection.isOnline) return; // the next welcome schedules it again
      }
      for (const roomId of [...this.#unreadChanges.keys()]) {
        await this.#sendMarks(roomId); // again: a read marker that rises after the mark as unread would end it
        if (!this.#connection.isOnline) return;
        await this.#sendUnread(roomId);
      }
    } catch (/** @type {any} */ problem) {
      this.#schedule(problem.retryAfterMs ?? RETRY_AFTER_MS);
    } finally {
      this.#isSending = false;
    }
  }

  async #sendMarks(/** @type {string} */ roomId) {
    const room = this.#store.rooms.get(roomId);
    const marks = room && this.#connection.isOnline ? this.#unsent(room) : {};
    if (Object.keys(marks).length) await this.#send(roomId, marks);
  }

  /** What the server does not have yet; a marker that another one implies is not sent. */
  #unsent(/** @type {Room} */ { room_id: roomId, me, last_seq: lastSeq, member_count: memberCount }) {
    const known = { ...this.#store.serverMarks(roomId) };
    /** @type {Partial<Markers>} */
    const marks = {};
    const add = (/** @type {keyof Markers} */ name, seq = 0) => {
      if (seq <= known[name]) return;
      marks[name] = seq;
      advance(known, { [name]: seq });
    };
    if (!me) return marks;
    add("read_seq", me.read_seq);
    add("preview_seq", me.preview_seq);
    if (memberCount <= this.#toldMembersMax) add("delivered_seq", lastSeq);
    return marks;
  }

  async #send(/** @type {string} */ roomId, /** @type {Partial<Markers>} */ marks) {
    try {
      await this.#connection.command("mark", { room_id: roomId, ...marks });
    } catch (/** @type {any} */ problem) {
      if (problem.isTransient) throw problem; // else it is refused for good, and asked for no more
    }
    this.#store.confirmOwnMarks(roomId, marks);
    const change = this.#unreadChanges.get(roomId);
    if (change && !this.#hasEnded(roomId, change)) this.#store.setMarkedUnread(roomId, change.seq); // the user has made it since
  }

  /** Whether the user has read on, or posted, since they have marked the room as unread. */
  #hasEnded(/** @type {string} */ roomId, /** @type {UnreadChange} */ { seq, readSeq }) {
    return seq !== null && this.#readSeq(roomId) > readSeq;
  }

  async #sendUnread(/** @type {string} */ roomId) {
    const change = this.#unreadChanges.get(roomId);
    if (!change) return;
    try {
      if (change.seq === null) await this.#api.clearUnread(roomId);
      else if (!this.#hasEnded(roomId, change)) await this.#api.markUnread(roomId, change.seq);
    } catch (/** @type {any} */ problem) {
      if (problem.isTransient) throw problem;
    }
    if (this.#unreadChanges.get(roomId) === change) this.#unreadChanges.delete(roomId);
  }

  // In larger rooms nobody is told of the others' markers.
  get #toldMembersMax() {
    return this.#store.limits.receipts_told_members ?? Infinity;
  }
}
