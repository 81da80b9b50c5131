// Holds a window of one room's messages: a contiguous range of seqs, bounded in length.

import { withoutExpired } from "./expired-messages.js";
import { deleted, edited, newerVersion, reacted } from "./message-changes.js";
import { PendingChanges } from "./pending-changes.js";

export const WINDOW_MAX = 300; // messages
export const DROPPED_AT_ONCE = 50; // of a full window, for a new message: the row that becomes the first one is drawn anew

/**
 * @typedef {import("./types.js").Message} Message
 * @typedef {import("./types.js").Page} Page
 * @typedef {import("./message-changes.js").Change} Change
 * @typedef {"before" | "after" | "around" | "within"} Side
 */

export class Timeline {
  /** @type {Map<number, Message>} */
  #messages = new Map();
  #pendingChanges = new PendingChanges();
  #generation = 0; // a page requested before `clear` is discarded

  first = 0; // 0: no messages
  last = 0;
  newest = 0; // of the room, as far as known
  firstSeq = 1; // of the room: the messages before it have expired
  loaded = false;
  hasBefore = true;
  /** Whether the user is at the end: new messages then push out the oldest. If not, the rows in sight stay, and the window ends before them. */
  isFollowing = true;

  get size() {
    return this.first === 0 ? 0 : this.last - this.first + 1;
  }

  /** Whether there are messages after the window, on the server or in the cache. */
  get hasAfter() {
    return this.last < this.newest;
  }

  get isAtNewest() {
    return this.loaded && !this.hasAfter;
  }

  get(/** @type {number} */ seq) {
    return this.#messages.get(seq);
  }

  *[Symbol.iterator]() {
    for (let seq = this.first || this.last + 1; seq <= this.last; seq += 1) {
      const message = this.#messages.get(seq);
      if (message) yield message;
    }
  }

  /**
   * Takes a new message, in any order and any number of times. `added`: the window has it now. `known`: had it before. `outside`: a page will
   * bring it when the user comes there. `gap`: messages before it are missing at the end that the user follows, and must be fetched.
   *
   * @param {Message} message
   * @returns {"added" | "known" | "outside" | "gap"}
   */
  insert(message) {
    const wasAtNewest = this.isAtNewest;
    const { seq } = message;
    this.newest = Math.max(this.newest, seq);
    if (!this.loaded || seq < Math.max(this.first, this.firstSeq)) return "outside";
    if (seq > this.last + 1) return wasAtNewest && this.isFollowing ? "gap" : "outside";
    const isKnown = this.#messages.has(seq);
    if (seq > this.last) {
      if (this.size >= WINDOW_MAX && !this.isFollowing) return "outside";
      this.last = seq;
      this.first ||= seq;
    }
    this.#put(message, true);
    if (this.size > WINDOW_MAX) this.#trim("after", WINDOW_MAX - DROPPED_AT_ONCE);
    return isKnown ? "known" : "added";
  }

  /**
   * Joins a page with the window and drops what is too much at the far side. A page `before` or `after` that does not touch the window any
   * more is refused (false); one for `around` replaces the window then. One `within` brings no further messages, but newer versions of those
   * in the window. `keepKnown`: of a message in the window, a page of the cache knows nothing newer.
   *
   * @param {Page} page
   * @param {Side} side
   * @param {boolean} keepKnown
   */
  merge({ messages, has_before: hasBefore, has_after: hasAfter }, side, keepKnown = false) {
    if (messages.length === 0) {
      this.loaded ||= side === "around";
      if (side === "before" || this.size === 0) this.hasBefore = hasBefore;
      this.#standAtStart();
      return true;
    }
    const [first, last] = [messages[0].seq, messages[messages.length - 1].seq];
    const isTouching = this.size > 0 && first <= this.last + 1 && last >= this.first - 1;
    if (this.size > 0 && !isTouching && side !== "around") return false;
    if (side === "within") {
      for (const message of messages) if (this.#messages.has(message.seq)) this.#put(message, false);
      if (first === this.first) this.hasBefore = hasBefore;
      return true;
    }
    this.loaded = true;
    this.newest = Math.max(this.newest, hasAfter ? last + 1 : last);
    const isFirst = !isTouching || first < this.first;
    if (!isTouching) this.#messages.clear();
    if (isFirst) this.hasBefore = hasBefore;
    [this.first, this.last] = isTouching ? [Math.min(this.first, first), Math.max(this.last, last)] : [first, last];
    for (const message of messages) this.#put(message, keepKnown);
    this.#trim(isFirst && isTouching ? "before" : "after");
    return true;
  }

  /**
   * Merges the page that `fetch` returns, with what has changed and without what has expired meanwhile. False if no page fits any more.
   *
   * @param {() => Promise<Page | null>} fetch
   * @param {Side} side
   */
  async mergeFetched(fetch, side, keepKnown = false) {
    const { first, last, newest } = this;
    const generation = this.#generation;
    return this.#pendingChanges.during(async () => {
      const fetched = await fetch();
      if (!fetched || generation !== this.#generation) return false;
      const page = withoutExpired(fetched, this.firstSeq);
      const isEmpty = page.messages.length === 0;
      if (isEmpty && (first !== this.first || last !== this.last)) return false; // it says nothing about a window that has moved
      // A room that ends earlier than it was said to would be asked for more without end.
      if (isEmpty && side === "after" && !page.has_after && newest === this.newest) this.newest = last;
      return this.merge(page, side, keepKnown);
    });
  }

  /** Empties the window; the room's newest seq stays known. */
  clear() {
    this.#generation += 1;
    this.#messages.clear();
    this.first = this.last = 0;
    this.loaded = false;
    this.hasBefore = true;
  }

  /** Messages before `firstSeq` are gone from the room, also from pages that are on their way. True if the window changes. */
  expire(/** @type {number} */ firstSeq) {
    this.firstSeq = Math.max(this.firstSeq, firstSeq);
    const isShorter = this.size > 0 && this.first <= firstSeq;
    for (; this.size > 0 && this.first < firstSeq; this.first += 1) this.#messages.delete(this.first);
    if (this.first > this.last) this.first = 0;
    if (isShorter) this.hasBefore = false;
    this.#standAtStart();
    return isShorter;
  }

  // The first message that has not expired follows a window without messages.
  #standAtStart() {
    if (this.loaded && this.first === 0) this.last = Math.max(this.last, this.firstSeq - 1);
  }

  // ---- changes of a message; true if it is in the window ----

  edit(/** @type {Message} */ message) {
    return this.#change(message.seq, edited(message));
  }

  delete(/** @type {number} */ seq) {
    return this.#change(seq, deleted);
  }

  /**
   * @param {number} seq
   * @param {string} emoji
   * @param {string} userId
   * @param {boolean} isAdded
   */
  setReaction(seq, emoji, userId, isAdded) {
    return this.#change(seq, reacted(emoji, userId, isAdded));
  }

  #change(/** @type {number} */ seq, /** @type {Change} */ change) {
    const message = this.#messages.get(seq);
    if (message) this.#messages.set(seq, change(message));
    this.#pendingChanges.add(seq, change);
    return Boolean(message);
  }

  #put(/** @type {Message} */ message, /** @type {boolean} */ keepKnown) {
    const known = this.#messages.get(message.seq);
    if (known && keepKnown) return;
    this.#messages.set(message.seq, this.#pendingChanges.apply(known ? newerVersion(known, message) : message));
  }

  // The side that has not grown is trimmed.
  #trim(/** @type {"before" | "after"} */ grown, max = WINDOW_MAX) {
    this.hasBefore ||= this.size > max && grown === "after";
    for (; this.size > max && grown === "after"; this.first += 1) this.#messages.delete(this.first);
    for (; this.size > max; this.last -= 1) this.#messages.delete(this.last);
  }
}
