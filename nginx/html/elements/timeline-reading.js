// Knows what of a timeline the user sees: it reports what they read, where they left the room, and what is new to them.

import { focused } from "../parts/dom.js";
import { Sight } from "../parts/sight.js";

const STOP_MS = 500; // after which the stop of the Tab key follows what is in sight

export class TimelineReading {
  #timeline;
  #sight;
  /** @type {number[]} in sight, from the first */ #seqs = [];
  /** @type {number | null} the first message that is new to the user; it stays in its place while they read */ newSeq = null;
  /** @type {number | null} the user's own mark as unread, as the divider shows it */ #markedSeq = null;
  hasNewBelow = false;
  #pill = ""; // what it shows
  #isStopPlanned = false;

  /** @param {import("./timeline.js").Timeline} timeline */
  constructor(timeline) {
    this.#timeline = timeline;
    const { scroller, box } = timeline.parts;
    const isRow = (/** @type {Element} */ { localName }) => localName === "echo-message";
    this.#sight = new Sight({ scroller, box, isRow, onChange: (rows) => this.#inSight(rows) });
  }

  disconnect() {
    this.#sight.disconnect();
    this.#timeline.context.reading.setInSight(null);
  }

  /** The first message in sight. */
  get place() {
    return this.#seqs[0] ?? null;
  }

  enter() {
    const { context, room } = this.#timeline;
    this.newSeq = room ? context.store.firstUnread(room) : null;
    this.#markedSeq = room?.me?.marked_unread_seq ?? null;
    this.hasNewBelow = false;
    this.#seqs = [];
  }

  /** The user goes elsewhere: what is in sight is kept as their place, unless that is the end. */
  leave() {
    const { context, roomId, anchor } = this.#timeline;
    if (!roomId) return;
    context.history.leave(roomId, anchor.isAtEnd ? null : this.place);
    context.reading.setInSight(null);
    this.#seqs = [];
  }

  /** @param {boolean} isAtEnd */
  atEnd(isAtEnd) {
    const timeline = this.#timeline;
    if (!timeline.roomId || timeline.opening.isOpening) return;
    timeline.window.isFollowing = isAtEnd;
    if (isAtEnd) {
      this.hasNewBelow = false;
      timeline.context.history.fillGap(timeline.roomId);
    }
    timeline.write(() => timeline.roomId && timeline.writeJump());
  }

  /**
   * Messages have come. What comes while the user looks elsewhere is new to them.
   * @param {number[]} seqs
   */
  arrived(seqs) {
    const { context, room, window: messages, anchor } = this.#timeline;
    const me = context.store.me.user_id;
    if (!room?.me) return;
    const newest = messages.get(seqs[seqs.length - 1]);
    if (newest?.user_id === me) {
      this.newSeq = null;
      return;
    }
    if (!anchor.isAtEnd) this.hasNewBelow = true;
    const through = context.store.readThrough(room.room_id);
    const isRead = this.newSeq === null || this.newSeq <= through;
    if (isRead && (!context.attention.hasAttention || !anchor.isAtEnd)) this.newSeq = context.store.firstUnread(room);
  }

  /** The room has changed: its markers, or the user's mark as unread. */
  update() {
    const { room } = this.#timeline;
    const marked = room?.me?.marked_unread_seq ?? null;
    if (marked !== this.#markedSeq) {
      this.#markedSeq = marked;
      if (marked) this.newSeq = marked;
      if (marked) this.#timeline.draw();
    }
    this.#writePill();
  }

  #writePill() {
    const timeline = this.#timeline;
    const sign = () => JSON.stringify(timeline.roomId ? this.#unreadAbove() : null);
    if (sign() === this.#pill) return; // a frame for nothing would cost as much as a message
    timeline.write(() => {
      this.#pill = sign();
      timeline.parts.pill.show(JSON.parse(this.#pill));
    });
  }

  // Of what is unread above, there is a pill: nothing below counts as read before it.
  #unreadAbove() {
    const { context, room, opening, window: messages, roomId } = this.#timeline;
    const first = room && roomId ? context.store.firstUnread(room) : null;
    const [top] = this.#seqs;
    if (!first || !room || opening.isOpening || top === undefined || first >= top) return null;
    const count = room.me?.marked_unread_seq ? room.last_seq - first + 1 : context.store.unreadCount(room);
    return { count, since: messages.get(first)?.created_at ?? null };
  }

  /** @param {Element[]} rows */
  #inSight(rows) {
    const { context, roomId } = this.#timeline;
    this.#seqs = rows.map((row) => /** @type {import("./message.js").Message} */ (row).message?.seq ?? 0).filter((seq) => seq > 0);
    if (!roomId) return;
    context.reading.setInSight(roomId, this.#seqs.length ? Math.max(...this.#seqs) : null, this.#seqs);
    this.#planStop();
    this.#writePill();
  }

  /** The Tab key leads to what the user sees: in a moment, since each change of it draws the page once more. */
  #planStop() {
    if (this.#isStopPlanned) return;
    this.#isStopPlanned = true;
    this.#timeline.later(STOP_MS, () => {
      this.#isStopPlanned = false;
      const { parts, roving } = this.#timeline;
      const last = /** @type {HTMLElement | undefined} */ (this.#sight.rows.pop());
      if (last && !parts.box.contains(focused(parts.box))) roving.setCurrent(last);
    });
  }
}
