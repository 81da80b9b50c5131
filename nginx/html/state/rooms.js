// Holds the user's rooms, each as the server says it is, with its newest message.

import { advance, markersOf } from "./markers.js";
import { Memberships } from "./memberships.js";

/**
 * @typedef {import("./types.js").Room} Room
 * @typedef {import("./types.js").Message} Message
 */

export class Rooms {
  #changes;
  /** @type {Map<string, Room>} */
  byId = new Map();

  /** @param {{changes: import("./changes.js").Changes, clock: import("./types.js").Clock}} options */
  constructor({ changes, clock }) {
    this.#changes = changes;
    this.memberships = new Memberships({ rooms: this, clock });
  }

  /**
   * Replaces all rooms.
   *
   * @param {Room[]} rooms
   * @param {boolean} isSameUser whether the markers of this device still count
   */
  reset(rooms, isSameUser) {
    const before = this.byId;
    this.byId = new Map();
    for (const roomId of before.keys()) this.memberships.remove(roomId);
    for (const room of rooms) this.#set(room, isSameUser ? before.get(room.room_id) : undefined);
    for (const roomId of this.byId.keys()) this.tell(roomId, before.has(roomId) ? "changed" : "added");
    for (const roomId of before.keys()) if (!this.byId.has(roomId)) this.tell(roomId, "removed");
    this.tell(null, "order");
  }

  /** @param {Room} room as the server has sent it to this user */
  put(room) {
    const before = this.byId.get(room.room_id);
    this.#set(room, before);
    this.tell(room.room_id, before ? "changed" : "added");
    this.tell(room.room_id, "order");
  }

  /**
   * Takes the fields that are the same for all members; those that depend on the user stay as they are.
   *
   * @param {Room} room
   */
  update(room) {
    const before = this.byId.get(room.room_id);
    if (!before) return;
    const { me, with: other, last_message: lastMessage, last_seq: lastSeq, ...shared } = room;
    Object.assign(before, shared);
    before.last_seq = Math.max(before.last_seq, lastSeq ?? 0);
    this.tell(room.room_id, "changed");
  }

  /** @param {string} roomId */
  remove(roomId) {
    if (!this.byId.delete(roomId)) return;
    this.memberships.remove(roomId);
    this.tell(roomId, "removed");
  }

  /**
   * @param {string} roomId
   * @param {number} change
   */
  changeMemberCount(roomId, change) {
    const room = this.byId.get(roomId);
    if (!room) return;
    room.member_count = Math.max(0, room.member_count + change);
    this.tell(roomId, "changed");
  }

  /** The rooms, latest activity first. */
  byActivity() {
    const at = (/** @type {Room} */ room) => room.last_message?.created_at ?? room.created_at ?? "";
    return [...this.byId.values()].sort((a, b) => (at(a) < at(b) ? 1 : at(a) > at(b) ? -1 : 0));
  }

  /**
   * @param {string | null} roomId
   * @param {"added" | "removed" | "changed" | "order"} what
   */
  tell(roomId, what) {
    this.#changes.tell("rooms", { room: roomId, what });
  }

  // ---- messages ----

  /** @param {Message} message one that is told for the first time or again */
  takeMessage(message, isMention = false) {
    const room = this.byId.get(message.room_id);
    if (!room) return;
    room.last_seq = Math.max(room.last_seq, message.seq);
    if (message.seq > (room.last_message?.seq ?? 0) && message.seq >= (room.first_seq ?? 1)) {
      room.last_message = message;
      if (isMention && room.me && message.seq > room.me.read_seq) room.me.mentions += 1;
      this.tell(room.room_id, "order");
    }
    this.tell(room.room_id, "changed");
  }

  /**
   * @param {string} roomId
   * @param {number} seq
   * @param {(message: Message) => Message} change
   */
  changeLastMessage(roomId, seq, change) {
    const room = this.byId.get(roomId);
    if (room?.last_message?.seq !== seq) return;
    room.last_message = change(room.last_message);
    this.tell(roomId, "changed");
  }

  // ---- the cache ----

  dump() {
    return [...this.byId].map(([roomId, room]) => ({ room, ...this.memberships.dump(roomId) }));
  }

  /** @param {ReturnType<Rooms["dump"]>} dump */
  restore(dump) {
    this.reset([], false);
    for (const { room, ...membership } of dump) {
      this.byId.set(room.room_id, room);
      this.memberships.restore(room, membership);
      this.tell(room.room_id, "added");
    }
    this.tell(null, "order");
  }

  // A marker of this device may still be on its way to the server when the state is read: it only ever moves forward.
  #set(/** @type {Room} */ room, /** @type {Room | undefined} */ before) {
    const me = room.me ? { ...room.me } : (before?.me ?? null);
    if (me) advance(me, markersOf(before?.me));
    this.byId.set(room.room_id, { ...room, me, with: room.with ?? before?.with ?? null });
    this.memberships.put(room);
  }
}
