// Counts the deleted messages of one room after a read marker: they are not unread.

/**
 * A room says how many messages are unread, not which of them are deleted: those of which an event told are known by their seq, the others by
 * their number. The server tells the new count (`member_updated` with `me`) whenever a marker stops among these.
 */
export class DeletedMessages {
  #seqs = new Set();
  #others = 0;
  #othersThrough = 0;

  constructor(room) {
    this.recount(room.me, room.last_seq);
  }

  /** The server has said how many messages are unread. */
  recount(me, lastSeq) {
    this.#others = 0;
    this.#othersThrough = lastSeq;
    if (Number.isFinite(me?.unread)) this.#others = Math.max(0, lastSeq - me.read_seq - me.unread - this.after(me.read_seq));
  }

  add(seq) {
    this.#seqs.add(seq);
  }

  after(readSeq) {
    let count = readSeq < this.#othersThrough ? this.#others : 0;
    for (const seq of this.#seqs) if (seq > readSeq) count += 1;
    return count;
  }
}
