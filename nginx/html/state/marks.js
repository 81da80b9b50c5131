// Moves the user's markers on the server, once for a burst of changes, and loads how far the other members of a room have come.

import { advance } from "./markers.js";

const SEND_AFTER_MS = 400;
const RETRY_AFTER_MS = 3_000;
const PAGES_MAX = 10; // of members of one room, 200 each

/**
 * @typedef {import("./types.js").Markers} Markers
 * @typedef {import("./types.js").Room} Room
 *
 * @typedef {{user: import("./types.js").User, joined_at: string, marks?: Markers | null}} Member `marks` is null if they hide them
 * @typedef {{seq: number | null, readSeq: number}} UnreadChange a mark as unread, null: that it is gone; the read marker when it was made
 *
 * @typedef {{
 *   members(roomId: string, options: {marks: boolean, cursor: string | null}): Promise<{items: Member[], next_cursor: string | null}>,
 *   markUnread(roomId: string, seq: number): Promise<unknown>,
 *   clearUnread(roomId: string): Promise<unknown>,
 * }} MembersAPI
 */

export class Marks {
  #api;
  #connection;
  #store;
  #clock;
  /** @type {any} */ #timer = null;
  #isSending = false;
  /** @type {Map<string, UnreadChange>} room_id → what the server has not been told */ #unreadChanges = new Map();
  /** @type {Map<string, Promise<void>>} room_id → the load of its members' markers */
  #loads = new Map();

  /**
   * @param {{
   *   api: MembersAPI, store: import("./store.js").Store, clock: import("./types.js").Clock,
   *   connection: EventTarget & {isOnline: boolean, command(event: string, data: object): Promise<unknown>},
   * }} options
   */
  constructor({ api, connection, store, clock }) {
    this.#api = api;
    this.#connection = connection;
    this.#store = store;
    this.#clock = clock;
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

  /** Marks a room as unread from a message on; the markers stay, since others have been told them. */
  markUnread(/** @type {string} */ roomId, /** @type {number} */ seq) {
    this.#setUnread(roomId, seq);
    this.#schedule();
  }

  #setUnread(/** @type {string} */ roomId, /** @type {number | null} */ seq) {
    this.#store.setMarkedUnread(roomId, seq);
    this.#unreadChanges.set(roomId, { seq, readSeq: this.#readSeq(roomId) });
  }

  #readSeq(/** @type {string} */ roomId) {
    return this.#store.rooms.get(roomId)?.me?.read_seq ?? 0;
  }

  // ---- sending ----

  /** Sends what waits, now: the page may be going away. */
  flush() {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
    return this.#sendAll();
  }

  #schedule(afterMs = SEND_AFTER_MS) {
    this.#timer ??= this.#clock.setTimeout(() => this.flush(), afterMs);
  }

  // One room after another: after a long absence every room has new markers, and none of them is urgent.
  async #sendAll() {
    if (this.#isSending) return this.#schedule(); // the loop may have passed the room that has changed
    this.#isSending = true;
    try {
      for (const room of [...this.#store.rooms.values()]) {
        if (!this.#connection.isOnline) return; // the next welcome schedules it again
        const marks = this.#unsent(room);
        if (Object.keys(marks).length) await this.#send(room.room_id, marks);
      }
      // After the markers: a read marker that rises ends a mark as unread.
      for (const [roomId, change] of [...this.#unreadChanges]) {
        if (!this.#connection.isOnline) return;
        await this.#sendUnread(roomId, change);
      }
    } catch (/** @type {any} */ problem) {
      this.#schedule(problem.retryAfterMs ?? RETRY_AFTER_MS);
    } finally {
      this.#isSending = false;
    }
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

  async #sendUnread(/** @type {string} */ roomId, /** @type {UnreadChange} */ change) {
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

  // ---- the other members ----

  /** Loads the members' markers of a room, once: events keep them up to date. After a failure the page shows fewer ticks, no error. */
  load(/** @type {string} */ roomId) {
    const room = this.#store.rooms.get(roomId);
    const isUpToDate = this.#store.marks.get(roomId)?.isComplete && (room?.member_count ?? 0) <= this.#toldMembersMax;
    if (!room || isUpToDate) return Promise.resolve();
    const load = this.#loads.get(roomId) ?? this.#load(roomId).finally(() => this.#loads.delete(roomId));
    this.#loads.set(roomId, load);
    return load;
  }

  async #load(/** @type {string} */ roomId) {
    const marks = this.#store.marksOf(roomId); // from now on events add to them
    let cursor = null;
    try {
      for (let pages = 0; pages < PAGES_MAX && (pages === 0 || cursor !== null); pages += 1) {
        /** @type {Awaited<ReturnType<MembersAPI["members"]>>} */
        const page = await this.#api.members(roomId, { marks: true, cursor });
        if (this.#store.marks.get(roomId) !== marks) return; // the state was loaded anew
        for (const { user, joined_at: joinedAt, marks: told = null } of page.items) {
          if (!this.#store.users.has(user.user_id)) this.#store.putUser(user); // /sync names those who have written last
          this.#store.putMember(roomId, { userId: user.user_id, joinedAt, marks: told });
        }
        cursor = page.next_cursor;
      }
      marks.isComplete = cursor === null;
    } catch {
      // The next time that the room is opened, they are loaded again.
    }
    this.#store.changes.tell(`timeline:${roomId}`, { room: roomId, seq: null, what: "seen" });
  }
}
