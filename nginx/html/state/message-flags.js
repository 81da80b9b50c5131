// Holds which messages are pinned in their rooms and which the user has saved, as far as known.

export class MessageFlags {
  #changes;
  /** @type {Record<"pinned" | "saved", Map<string, Set<number>>>} room_id → seqs */
  #seqs = { pinned: new Map(), saved: new Map() };

  /** @param {{changes: import("./changes.js").Changes}} options */
  constructor({ changes }) {
    this.#changes = changes;
  }

  /**
   * @param {"pinned" | "saved"} flag
   * @param {string} roomId
   * @param {number} seq
   */
  has(flag, roomId, seq) {
    return this.#seqs[flag].get(roomId)?.has(seq) ?? false;
  }

  /**
   * @param {"pinned" | "saved"} flag
   * @param {string} roomId
   * @param {number} seq
   * @param {boolean} isSet
   */
  set(flag, roomId, seq, isSet) {
    const seqs = this.#seqs[flag].get(roomId) ?? new Set();
    this.#seqs[flag].set(roomId, seqs);
    if (isSet) seqs.add(seq);
    else seqs.delete(seq);
    this.#changes.tell(`timeline:${roomId}`, { room: roomId, seq, what: flag });
  }

  /** @param {string} roomId */
  forgetRoom(roomId) {
    this.#seqs.pinned.delete(roomId);
    this.#seqs.saved.delete(roomId);
  }

  clear() {
    this.#seqs.pinned.clear();
    this.#seqs.saved.clear();
  }
}
