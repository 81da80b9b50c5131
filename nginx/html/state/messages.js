// Holds the messages of the rooms in windows, and takes what events and replies say of them.

import { deleted, edited } from "./message-changes.js";
import { Timeline } from "./timeline.js";

/**
 * @typedef {import("./types.js").Message} Message
 * @typedef {import("./types.js").Markers} Markers
 */

export class Messages {
  #changes;
  #rooms;
  #people;
  #memberMarks;
  /** @type {Map<string, Timeline>} room_id → */
  #timelines = new Map();

  /**
   * @param {{
   *   changes: import("./changes.js").Changes, rooms: import("./rooms.js").Rooms, people: import("./people.js").People,
   *   memberMarks: import("./member-marks.js").MemberMarks,
   * }} parts
   */
  constructor({ changes, rooms, people, memberMarks }) {
    this.#changes = changes;
    this.#rooms = rooms;
    this.#people = people;
    this.#memberMarks = memberMarks;
  }

  /** @param {string} roomId */
  timeline(roomId) {
    const timeline = this.#timelines.get(roomId) ?? new Timeline();
    this.#timelines.set(roomId, timeline);
    const { first_seq: firstSeq = 1, last_seq: lastSeq = 0 } = this.#rooms.byId.get(roomId) ?? {};
    timeline.newest = Math.max(timeline.newest, lastSeq);
    timeline.firstSeq = Math.max(timeline.firstSeq, firstSeq);
    return timeline;
  }

  /** Empties all windows: edits and deletions may have been missed, so what is shown is fetched again. */
  clear() {
    for (const [roomId, timeline] of this.#timelines) {
      timeline.clear();
      timeline.newest = 0;
      timeline.firstSeq = 1;
      this.#tell(roomId, null, "window");
    }
  }

  /** @param {string} roomId */
  forgetRoom(roomId) {
    this.#timelines.delete(roomId);
    this.#memberMarks.rooms.delete(roomId);
    this.#tell(roomId, null, "window");
  }

  /**
   * Adds a message from an event or a reply, in any order and any number of times. False if messages before it are missing.
   *
   * @param {Message} message
   * @param {string} myId
   */
  add(message, myId) {
    const { room_id: roomId, seq, user_id: userId, username, display_name, mentions } = message;
    if (!this.#rooms.byId.has(roomId)) return true;
    const timeline = this.timeline(roomId);
    const { first } = timeline;
    const result = timeline.insert(message);
    if (!this.#people.users.has(userId)) this.#people.put({ user_id: userId, username, display_name });
    this.#rooms.takeMessage(message, mentions?.includes(myId));
    // The author of a message has read everything before it, and the server has moved their markers.
    if (userId === myId) this.#rooms.memberships.confirm(roomId, { read_seq: seq });
    else this.advanceMarks(roomId, userId, { read_seq: seq }, false);
    this.#people.stopTyping(roomId, userId);
    if (result === "added") this.#tell(roomId, seq, "added");
    if (result === "outside" || (first !== 0 && timeline.first !== first)) this.#tell(roomId, null, "window");
    return result !== "gap";
  }

  /** @param {Message} message */
  edit(message) {
    const { room_id: roomId, seq } = message;
    if (this.timeline(roomId).edit(message)) this.#tell(roomId, seq, "content");
    this.#rooms.changeLastMessage(roomId, seq, edited(message));
  }

  /**
   * @param {string} roomId
   * @param {number} seq
   */
  delete(roomId, seq) {
    if (this.timeline(roomId).delete(seq)) this.#tell(roomId, seq, "deleted");
    this.#rooms.changeLastMessage(roomId, seq, deleted);
    this.#rooms.memberships.deleteMessage(roomId, seq);
  }

  /**
   * The messages of a room before one have expired. True if the room must be fetched to know how many messages are unread.
   *
   * @param {string} roomId
   * @param {number} firstSeq
   */
  expire(roomId, firstSeq) {
    if (this.timeline(roomId).expire(firstSeq)) this.#tell(roomId, null, "window");
    this.#tell(roomId, null, "expired");
    return this.#rooms.memberships.expire(roomId, firstSeq);
  }

  /**
   * @param {{room_id: string, seq: number, emoji: string, user_id: string}} reaction
   * @param {boolean} isAdded
   */
  setReaction({ room_id: roomId, seq, emoji, user_id: userId }, isAdded) {
    if (this.timeline(roomId).setReaction(seq, emoji, userId, isAdded)) this.#tell(roomId, seq, "reactions");
  }

  /**
   * Moves the markers of another member forward.
   *
   * @param {string} roomId
   * @param {string} userId
   * @param {Partial<Markers>} marks
   * @param {boolean} isReceipt
   */
  advanceMarks(roomId, userId, marks, isReceipt = true) {
    const lastSeq = this.#rooms.byId.get(roomId)?.last_seq ?? 0;
    if (this.#memberMarks.advance(roomId, userId, { marks, lastSeq, isReceipt })) this.#tell(roomId, null, "seen");
  }

  /**
   * @param {string} roomId
   * @param {number | null} seq
   * @param {"added" | "content" | "deleted" | "reactions" | "seen" | "window" | "expired"} what
   */
  #tell(roomId, seq, what) {
    this.#changes.tell(`timeline:${roomId}`, { room: roomId, seq, what });
  }
}
