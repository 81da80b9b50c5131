// Holds how far the other members of the rooms have received, previewed and read, and says so of one message.

import { advance, markersOf } from "./markers.js";

/**
 * @typedef {import("./types.js").Markers} Markers
 *
 * @typedef {Markers & {isShared: boolean | null, joinedAt: string, joinedSeq: number}} MemberMark `isShared`: whether they let others know it;
 *   null: not known yet. Of messages from before they joined, known by time or by seq, there is nothing to know: a new member's markers are at
 *   the newest message, which they need not have seen.
 *
 * @typedef {{members: Map<string, MemberMark>, isComplete: boolean}} RoomMarks `isComplete`: all members are in it
 *
 * @typedef {{status: "sent" | "delivered" | "preview_read" | "read", readers: string[], previewers: string[]}} Delivery
 */

const MARKERS = /** @type {const} */ (["delivered_seq", "preview_seq", "read_seq"]);

export class MemberMarks {
  /** @type {Map<string, RoomMarks>} room_id → */
  rooms = new Map();

  /** @param {string} roomId */
  of(roomId) {
    const room = this.rooms.get(roomId) ?? { members: new Map(), isComplete: false };
    this.rooms.set(roomId, room);
    return room;
  }

  /**
   * Takes a member as a list of members has them; `marks` is null if they hide theirs.
   *
   * @param {string} roomId
   * @param {{userId: string, joinedAt: string, marks: Partial<Markers> | null}} member
   */
  put(roomId, { userId, joinedAt, marks }) {
    const { members } = this.of(roomId);
    const known = members.get(userId); // by an event that came while the list was being fetched
    const member = { ...markersOf(known), isShared: marks !== null || known?.isShared === true, joinedAt, joinedSeq: 0 };
    advance(member, marks ?? {});
    members.set(userId, member);
  }

  /**
   * A user has become a member when `lastSeq` was the newest message.
   *
   * @param {string} roomId
   * @param {string} userId
   * @param {number} lastSeq
   */
  join(roomId, userId, lastSeq) {
    this.rooms.get(roomId)?.members.set(userId, { ...markersOf(), isShared: null, joinedAt: "", joinedSeq: lastSeq });
  }

  /**
   * @param {string} roomId
   * @param {string} userId
   */
  leave(roomId, userId) {
    this.rooms.get(roomId)?.members.delete(userId);
  }

  /**
   * Moves a member's markers forward; false if nothing changes. Of an unknown member, only messages after `lastSeq` count. A receipt shows that
   * they share their markers; a message of theirs does not, though they have read what was there before it.
   *
   * @param {string} roomId
   * @param {string} userId
   * @param {{marks: Partial<Markers>, lastSeq: number, isReceipt: boolean}} change
   */
  advance(roomId, userId, { marks, lastSeq, isReceipt }) {
    const members = this.rooms.get(roomId)?.members;
    if (!members) return false; // nobody has opened the room yet: its markers are loaded then
    if (!members.has(userId)) this.join(roomId, userId, lastSeq);
    const member = /** @type {MemberMark} */ (members.get(userId));
    const before = { ...member };
    if (isReceipt) member.isShared = true;
    advance(member, marks);
    return [...MARKERS, /** @type {const} */ ("isShared")].some((name) => member[name] !== before[name]);
  }

  /**
   * How far a message has come with its recipients: never more than the server's receipts say. Of several, "read" and "preview_read" mean by
   * anyone, "delivered" to all of those who tell it.
   *
   * @param {import("./types.js").Message} message
   * @returns {Delivery}
   */
  delivery({ room_id: roomId, seq, user_id: authorId, created_at: createdAt }) {
    const room = this.rooms.get(roomId);
    /** @type {string[]} */
    const readers = [];
    /** @type {string[]} */
    const previewers = [];
    let areAllDelivered = room?.isComplete ?? false;
    let recipients = 0;
    for (const [userId, member] of room?.members ?? []) {
      const wasMember = member.joinedSeq < seq && member.joinedAt < createdAt;
      if (userId === authorId || member.isShared === false || !wasMember) continue;
      recipients += 1;
      if (member.isShared === null) areAllDelivered = false;
      else if (member.read_seq >= seq) readers.push(userId);
      else if (member.preview_seq >= seq) previewers.push(userId);
      else if (member.delivered_seq < seq) areAllDelivered = false;
    }
    if (readers.length) return { status: "read", readers, previewers };
    if (previewers.length) return { status: "preview_read", readers, previewers };
    return { status: recipients > 0 && areAllDelivered ? "delivered" : "sent", readers, previewers };
  }

  /** For the cache. */
  dump() {
    return [...this.rooms].map(([roomId, { members, isComplete }]) => ({ roomId, isComplete, members: [...members] }));
  }

  /** @param {ReturnType<MemberMarks["dump"]>} dump */
  restore(dump) {
    this.rooms = new Map(dump.map(({ roomId, isComplete, members }) => [roomId, { isComplete, members: new Map(members) }]));
  }
}
