// Counts the deleted messages of one room after a read marker: they are not unread.

/**
 * A room says how many messages are unread, not which of them are deleted: those of which an event told are known by their seq, the others by
 * their number. The server tells the new count (`member_updated` with `me`) whenever a marker stops among these.
 */
export class DeletedMessages {
  /** @type {Set<number>} */
  #seqs = new Set();
  #others = 0;
  #othersThrough = 0;

  /**
   * @param {import("./types.js").Room} room as the server has sent it
   * @param {ReturnType<DeletedMessages["dump"]>} [dump] what was known of it when it was stored
   */
  constructor(room, dump) {
    if (dump) {
      this.#seqs = new Set(dump.seqs);
      this.#others = dump.others;
      this.#othersThrough = dump.through;
    } else {
      this.recount(room.me, room);
    }
  }

  /**
   * The server has said how many messages are unread.
   *
   * @param {Partial<import("./types.js").Membership> | null | undefined} me
   * @param {{first_seq?: number, last_seq: number}} room
   */
  recount(me, { first_seq: firstSeq = 1, last_seq: lastSeq }) {
    this.#others = 0;
    this.#othersThrough = lastSeq;
    const { unread, read_seq = 0 } = me ?? {};
    const readSeq = Math.max(read_seq, firstSeq - 1);
    for (const seq of this.#seqs) if (seq <= readSeq) this.#seqs.delete(seq); // a read marker only moves forward
    if (unread !== undefined) this.#others = Math.max(0, lastSeq - readSeq - unread - this.after(readSeq));
  }

  /** @param {number} seq */
  add(seq) {
    this.#seqs.add(seq);
  }

  /** Whether it is unknown which messages after a marker are deleted. */
  isUnsure(/** @type {number} */ readSeq) {
    return this.#others > 0 && readSeq < this.#othersThrough;
  }

  /** @param {number} readSeq */
  after(readSeq) {
    let count = readSeq < this.#othersThrough ? this.#others : 0;
    for (const seq of this.#seqs) if (seq > readSeq) count += 1;
    return count;
  }

  /** For the cache: what the constructor takes. */
  dump() {
    return { seqs: [...this.#seqs], others: this.#others, through: this.#othersThrough };
  }
}
