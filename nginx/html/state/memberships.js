// Holds what each room is to the user: their markers, what is unread, and their mark as unread.

import { DeletedMessages } from "./deleted-messages.js";
import { advance, markersOf } from "./markers.js";

/**
 * @typedef {import("./types.js").Room} Room
 * @typedef {import("./types.js").Membership} Membership
 * @typedef {import("./types.js").Markers} Markers
 */

export class Memberships {
  #rooms;
  #clock;
  /** @type {Map<string, DeletedMessages>} */
  #deleted = new Map();
  /** @type {Map<string, Markers>} room_id → the user's markers that the server has; those in `me` may be ahead of them */
  #serverMarks = new Map();

  /** @param {{rooms: import("./rooms.js").Rooms, clock: import("./types.js").Clock}} options */
  constructor({ rooms, clock }) {
    this.#rooms = rooms;
    this.#clock = clock;
  }

  /** Begins with a room as the server has sent it to the user. */
  put(/** @type {Room} */ room) {
    this.#deleted.set(room.room_id, new DeletedMessages(room));
    this.#serverMarks.set(room.room_id, markersOf(room.me));
  }

  /** @param {string} roomId */
  remove(roomId) {
    this.#deleted.delete(roomId);
    this.#serverMarks.delete(roomId);
  }

  // ---- unread ----

  /** @param {Room} room */
  unreadCount(room) {
    const readSeq = Math.max(room.me?.read_seq ?? room.last_seq, (room.first_seq ?? 1) - 1);
    return Math.max(0, room.last_seq - readSeq - (this.#deleted.get(room.room_id)?.after(readSeq) ?? 0));
  }

  /**
   * The unread messages that the notification level lets through: the same number as in the server's badges.
   *
   * @param {Room} room
   */
  badgeCount(room) {
    const { notify: level = "all", muted_until: mutedUntil = null, mentions = 0 } = room.me ?? {};
    const unread = this.unreadCount(room);
    if (unread === 0 || level === "none" || (mutedUntil && Date.parse(mutedUntil) > this.#clock.now())) return 0;
    return level === "mentions" && mentions === 0 ? 0 : unread;
  }

  /** The seq that unread messages begin after, by the read marker or the user's own mark as unread. */
  readThrough(/** @type {string} */ roomId) {
    const { me, first_seq: firstSeq = 1, last_seq: lastSeq } = this.#rooms.byId.get(roomId) ?? {};
    if (!me) return lastSeq ?? 0;
    return Math.max(me.marked_unread_seq ? Math.min(me.read_seq, me.marked_unread_seq - 1) : me.read_seq, firstSeq - 1);
  }

  /** The seq of the first unread message, by the same rule; null if all is read. */
  firstUnread(/** @type {Room} */ room) {
    if (!room.me) return null;
    return room.me.marked_unread_seq || this.unreadCount(room) > 0 ? this.readThrough(room.room_id) + 1 : null;
  }

  /** @param {string} roomId */
  previewThrough(roomId) {
    const { me, first_seq: firstSeq = 1, last_seq: lastSeq } = this.#rooms.byId.get(roomId) ?? {};
    return me ? Math.max(me.preview_seq ?? 0, me.read_seq, firstSeq - 1) : (lastSeq ?? 0);
  }

  /**
   * @param {string} roomId
   * @param {number} seq
   */
  deleteMessage(roomId, seq) {
    this.#deleted.get(roomId)?.add(seq);
    this.#rooms.tell(roomId, "changed");
  }

  /**
   * The messages of a room before one have expired. True if that leaves unknown how many messages are unread: then the server knows.
   *
   * @param {string} roomId
   * @param {number} firstSeq
   */
  expire(roomId, firstSeq) {
    const room = this.#rooms.byId.get(roomId);
    const readSeq = room?.me?.read_seq ?? Infinity;
    if (!room || firstSeq <= (room.first_seq ?? 1)) return false;
    room.first_seq = firstSeq;
    if (room.last_message && room.last_message.seq < firstSeq) room.last_message = null;
    this.#rooms.tell(roomId, "changed");
    return readSeq < firstSeq - 1 && Boolean(this.#deleted.get(roomId)?.isUnsure(readSeq));
  }

  /**
   * Whether a message, however it has come here, is gone from its room by now.
   *
   * @param {{room_id: string, seq: number}} message
   */
  isExpired({ room_id: roomId, seq }) {
    return seq < (this.#rooms.byId.get(roomId)?.first_seq ?? 1);
  }

  // ---- the user's own markers ----

  /** What the server has. */
  serverMarks(/** @type {string} */ roomId) {
    return this.#serverMarks.get(roomId) ?? markersOf();
  }

  /**
   * The server has these markers: it has told so, or has taken them. Another device may have moved them. A read marker that rises there ends
   * the mark as unread, of which no event tells, even where this device is ahead.
   *
   * @param {string} roomId
   * @param {Partial<Markers>} marks
   */
  confirm(roomId, marks) {
    const known = this.#serverMarks.get(roomId);
    const read = known?.read_seq ?? 0;
    if (known) advance(known, marks);
    this.advance(roomId, marks);
    if (known && known.read_seq > read) this.setMarkedUnread(roomId, null);
  }

  /**
   * Moves the user's own markers forward. Reading on takes back the mark as unread.
   *
   * @param {string} roomId
   * @param {Partial<Markers>} marks
   */
  advance(roomId, marks) {
    const room = this.#rooms.byId.get(roomId);
    if (!room?.me) return;
    const { read_seq: read, preview_seq: preview } = room.me;
    advance(room.me, marks);
    if (room.me.read_seq > read) {
      room.me.marked_unread_seq = null;
      if (room.me.read_seq >= room.last_seq) room.me.mentions = 0; // for an earlier seq, only the server knows how many are left
    }
    if (room.me.read_seq > read || room.me.preview_seq > preview) this.#rooms.tell(roomId, "changed");
  }

  /**
   * Takes `me` of a room as the server says it is now. Markers of this device may still be on their way.
   *
   * @param {string} roomId
   * @param {Partial<Membership>} me
   */
  update(roomId, me) {
    const room = this.#rooms.byId.get(roomId);
    if (!room?.me) return;
    const marks = markersOf(room.me);
    Object.assign(room.me, me);
    advance(room.me, marks);
    const known = this.#serverMarks.get(roomId);
    if (known) advance(known, me);
    if (me.unread !== undefined) this.#deleted.get(roomId)?.recount(me, room);
    this.#rooms.tell(roomId, "changed");
  }

  /**
   * @param {string} roomId
   * @param {number | null} seq
   */
  setMarkedUnread(roomId, seq) {
    const me = this.#rooms.byId.get(roomId)?.me;
    if (!me || (me.marked_unread_seq ?? null) === seq) return;
    me.marked_unread_seq = seq;
    this.#rooms.tell(roomId, "changed");
  }

  // ---- the cache ----

  /** @param {string} roomId */
  dump(roomId) {
    return { serverMarks: this.serverMarks(roomId), deleted: this.#deleted.get(roomId)?.dump() };
  }

  /**
   * @param {Room} room
   * @param {ReturnType<Memberships["dump"]>} dump
   */
  restore(room, { serverMarks, deleted }) {
    this.#serverMarks.set(room.room_id, serverMarks);
    this.#deleted.set(room.room_id, new DeletedMessages(room, deleted));
  }
}
