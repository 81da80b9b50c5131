// Decides what the user has read, and previewed: what was in sight for a second, in a window that is visible and has the focus.

import { Sight } from "./sight.js";

/**
 * A marker says "all up to here": it moves only as far as every message was seen, never over one that was not. Messages that were skipped
 * stay unread until the user comes back to them, or says that they are read.
 */
export class Reading {
  #onRead;
  #onPreviewed;
  #readThrough;
  #previewThrough;
  #rows;
  #previews;
  /** @type {string | null} the room whose rows are in sight */
  #roomId = null;
  #isHeld = false;
  /** @type {Map<string, Set<number>>} room_id → seqs after the marker that were seen */
  #seen = new Map();
  /** @type {Map<string, Set<number>>} the same for previews */
  #previewed = new Map();
  /** @type {Map<object, string[]>} which part of the page shows the words of which messages */
  #shownBy = new Map();

  /**
   * @param {{
   *   clock: import("./types.js").Clock,
   *   onRead: (roomId: string, seq: number) => void, onPreviewed: (roomId: string, seq: number) => void,
   *   readThrough: (roomId: string) => number, previewThrough: (roomId: string) => number,
   * }} options `onRead` and `onPreviewed` move markers, which `readThrough` and `previewThrough` return
   */
  constructor({ clock, onRead, onPreviewed, readThrough, previewThrough }) {
    this.#onRead = onRead;
    this.#onPreviewed = onPreviewed;
    this.#readThrough = readThrough;
    this.#previewThrough = previewThrough;
    this.#rows = new Sight({ clock, onSeen: (seqs) => this.#read(seqs) });
    this.#previews = new Sight({ clock, onSeen: (keys) => this.#previewsSeen(keys) });
  }

  /** @param {boolean} hasIt whether the window is visible and has the focus */
  setAttention(hasIt) {
    this.#rows.setAttention(hasIt);
    this.#previews.setAttention(hasIt);
  }

  /**
   * Says which messages of the open room are in sight. Those after `lowestSeq`, the lowest row that can be read on the screen, do not count:
   * of a row that is cut off, the user sees only the beginning. No room, or no rows: nothing is in sight.
   *
   * @param {string | null} roomId
   * @param {number | null} [lowestSeq]
   * @param {Iterable<number>} [seqs]
   */
  setInSight(roomId, lowestSeq = null, seqs = []) {
    if (roomId !== this.#roomId) {
      this.#rows.set([]); // the same seq of another room is another message
      this.#roomId = roomId;
      this.#isHeld = false;
    }
    this.#rows.set(this.#isHeld || lowestSeq === null ? [] : [...seqs].filter((seq) => seq <= lowestSeq));
  }

  /** The user has marked the open room as unread: its rows in sight do not take that back. Ends when another room is open, or none. */
  hold(/** @type {string} */ roomId) {
    this.#seen.delete(roomId);
    if (roomId !== this.#roomId) return;
    this.#isHeld = true;
    this.#rows.set([]);
  }

  /**
   * Says which messages a part of the page, as the list of rooms, shows the words of where they are in sight.
   *
   * @param {Iterable<[roomId: string, seq: number]>} rows
   * @param {object} by the part; what the others show stays
   */
  setPreviewsInSight(rows, by) {
    const keys = [...rows].map(([roomId, seq]) => `${roomId} ${seq}`);
    if (keys.length) this.#shownBy.set(by, keys);
    else this.#shownBy.delete(by);
    this.#previews.set([...this.#shownBy.values()].flat());
  }

  /** A message was shown elsewhere, as a notification. */
  previewed(/** @type {string} */ roomId, /** @type {number} */ seq) {
    this.#advance(this.#previewed, roomId, [seq], this.#previewThrough(roomId), this.#onPreviewed);
  }

  #read(/** @type {number[]} */ seqs) {
    const roomId = this.#roomId;
    if (roomId !== null) this.#advance(this.#seen, roomId, seqs, this.#readThrough(roomId), this.#onRead);
  }

  #previewsSeen(/** @type {string[]} */ keys) {
    for (const key of keys) {
      const [roomId, seq] = key.split(" ");
      this.previewed(roomId, Number(seq));
    }
  }

  /**
   * @param {Map<string, Set<number>>} seenIn
   * @param {string} roomId
   * @param {number[]} seqs
   * @param {number} through the marker: nothing up to here needs to be seen any more
   * @param {(roomId: string, seq: number) => void} onAdvanced
   */
  #advance(seenIn, roomId, seqs, through, onAdvanced) {
    const seen = new Set([...(seenIn.get(roomId) ?? []), ...seqs].filter((seq) => seq > through));
    let next = through;
    while (seen.delete(next + 1)) next += 1;
    if (seen.size) seenIn.set(roomId, seen);
    else seenIn.delete(roomId);
    if (next > through) onAdvanced(roomId, next);
  }
}
