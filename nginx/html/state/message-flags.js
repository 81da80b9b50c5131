// Holds which messages are pinned in their rooms and which the user has saved, as far as known.

/** @typedef {"pinned" | "saved"} Flag */

export class MessageFlags {
  #changes;
  /** @type {Record<Flag, Map<string, Set<number>>>} room_id → seqs */
  #seqs = { pinned: new Map(), saved: new Map() };
  /** @type {Set<string>} what has been told of one message: newer than any page */
  #told = new Set();
  /** @type {Set<string>} "saved", or the room_id: all of these are known */
  whole = new Set();
  /** Rises when all is forgotten, because the state is loaded anew. */
  generation = 0;

  /** @param {{changes: import("./changes.js").Changes}} options */
  constructor({ changes }) {
    this.#changes = changes;
  }

  /**
   * @param {Flag} flag
   * @param {string} roomId
   * @param {number} seq
   */
  has(flag, roomId, seq) {
    return this.#seqs[flag].get(roomId)?.has(seq) ?? false;
  }

  /**
   * The user has done it, or an event tells it.
   *
   * @param {Flag} flag
   * @param {string} roomId
   * @param {number} seq
   * @param {boolean} isSet
   */
  set(flag, roomId, seq, isSet) {
    this.#told.add(`${flag} ${roomId} ${seq}`);
    const seqs = this.#of(flag, roomId);
    if (isSet) seqs.add(seq);
    else seqs.delete(seq);
    this.#tell(flag, roomId, seq);
  }

  /**
   * A page of the server has these messages.
   *
   * @param {Flag} flag
   * @param {readonly {room_id: string, seq: number}[]} messages
   */
  fill(flag, messages) {
    for (const { room_id: roomId, seq } of messages) {
      if (this.#told.has(`${flag} ${roomId} ${seq}`) || this.has(flag, roomId, seq)) continue;
      this.#of(flag, roomId).add(seq);
      this.#tell(flag, roomId, seq);
    }
  }

  /** @param {string} roomId */
  forgetRoom(roomId) {
    this.#seqs.pinned.delete(roomId);
    this.#seqs.saved.delete(roomId);
    this.whole.delete(roomId);
  }

  clear() {
    this.#seqs.pinned.clear();
    this.#seqs.saved.clear();
    this.#told.clear();
    this.whole.clear();
    this.generation += 1;
  }

  /** For the next visit, which goes on from here with events. */
  dump() {
    return { seqs: this.#seqs, whole: this.whole };
  }

  /** @param {ReturnType<MessageFlags["dump"]>} [dump] none of a visit before there were any */
  restore(dump) {
    this.clear();
    if (!dump) return;
    this.#seqs = dump.seqs;
    this.whole = dump.whole;
  }

  #of(/** @type {Flag} */ flag, /** @type {string} */ roomId) {
    const seqs = this.#seqs[flag].get(roomId) ?? new Set();
    this.#seqs[flag].set(roomId, seqs);
    return seqs;
  }

  #tell(/** @type {Flag} */ flag, /** @type {string} */ roomId, /** @type {number} */ seq) {
    this.#changes.tell(`timeline:${roomId}`, { room: roomId, seq, what: flag });
    if (flag === "saved") this.#changes.tell("saved", {});
  }
}
