// Keeps the messages of one room as a contiguous range of seqs, and reports when a new message would leave a gap.

export class Timeline {
  #messages = new Map();
  #pendingChanges = new Map(); // seq → a change whose message may be in a page that is still being fetched
  #fetches = 0;
  #generation = 0; // a page requested before `clear` is discarded

  first = 0; // 0: nothing loaded yet
  last = 0;
  loaded = false;
  hasBefore = true;
  isDetached = false; // an older range: messages after it exist that are not loaded

  get(seq) {
    return this.#messages.get(seq);
  }

  *[Symbol.iterator]() {
    for (let seq = this.first; seq <= this.last; seq += 1) {
      const message = this.#messages.get(seq);
      if (message) yield message;
    }
  }

  /** Inserts a new message. False if messages before it are missing and must be fetched. */
  insert(message) {
    if (!this.loaded) return true; // the first page will contain it
    if (message.seq > this.last + 1) return this.isDetached; // a detached range fetches it when the user returns to the end
    if (message.seq < this.first) return true;
    this.#put(message);
    if (this.first === 0) this.first = message.seq;
    this.last = Math.max(this.last, message.seq);
    return true;
  }

  /** Joins a page with the range. A page that does not touch the range replaces it. */
  merge({ messages, has_before: hasBefore, isDetached = this.isDetached }) {
    this.loaded = true;
    this.isDetached = isDetached;
    if (messages.length === 0) {
      if (this.first === 0) this.hasBefore = false;
      return;
    }
    const first = messages[0].seq;
    const last = messages.at(-1).seq;
    if (this.first === 0 || first > this.last + 1 || last < this.first - 1) {
      this.#messages.clear();
      this.first = first;
      this.last = last;
      this.hasBefore = hasBefore;
    } else {
      if (first < this.first) this.hasBefore = hasBefore;
      this.first = Math.min(this.first, first);
      this.last = Math.max(this.last, last);
    }
    for (const message of messages) this.#put(message);
  }

  edit(message) {
    if (this.#messages.has(message.seq)) this.#put(message);
    else if (this.#fetches > 0) this.#pendingChanges.set(message.seq, (old) => newerVersion(old, message));
  }

  delete(seq) {
    this.#change(seq, (old) => ({ ...old, content: "", attachments: [], mentions: [], reactions: {}, deleted: true }));
  }

  /** Adds or removes the reaction of one user; repeating it changes nothing. */
  setReaction(seq, emoji, userId, isAdded) {
    this.#change(seq, (old) => {
      const others = (old.reactions?.[emoji] ?? []).filter((id) => id !== userId);
      const { [emoji]: _, ...otherEmoji } = old.reactions ?? {};
      const userIds = isAdded ? [...others, userId] : others;
      if (old.deleted) return old;
      return { ...old, reactions: userIds.length ? { ...old.reactions, [emoji]: userIds } : otherEmoji };
    });
  }

  /** Merges the page that `fetch` returns, and applies to it the changes that arrived while it was being fetched. */
  async mergeFetched(fetch) {
    const generation = this.#generation;
    this.#fetches += 1;
    try {
      const page = await fetch();
      if (generation === this.#generation) this.merge(page);
    } finally {
      this.#fetches -= 1;
      if (this.#fetches === 0) this.#pendingChanges.clear();
    }
  }

  clear() {
    this.#generation += 1;
    this.#messages.clear();
    this.first = this.last = 0;
    this.loaded = false;
    this.hasBefore = true;
    this.isDetached = false;
  }

  #change(seq, change) {
    if (this.#messages.has(seq)) this.#messages.set(seq, change(this.#messages.get(seq)));
    if (this.#fetches === 0) return;
    const before = this.#pendingChanges.get(seq); // the server may have read the page before either change
    this.#pendingChanges.set(seq, before ? (old) => change(before(old)) : change);
  }

  #put(message) {
    const known = this.#messages.get(message.seq);
    const pendingChange = this.#pendingChanges.get(message.seq);
    const merged = known ? newerVersion(known, message) : message;
    this.#messages.set(message.seq, pendingChange ? pendingChange(merged) : merged);
  }
}

// Pages and events arrive in any order: a deletion is final, and of two edits the later one wins.
function newerVersion(known, arriving) {
  if (known.deleted && !arriving.deleted) return known;
  if (!arriving.deleted && (known.edited_at ?? "") > (arriving.edited_at ?? "")) return known;
  return arriving;
}
