// Keeps one room's messages as an unbroken run of seqs, and says when an arriving message would leave a hole.

export class Timeline {
  #messages = new Map();
  #early = new Map(); // changes that overtook the page they belong to, while one is being fetched
  #fetches = 0;
  #era = 0; // a page asked for before `clear` belongs to what was cleared

  first = 0; // 0: nothing loaded yet
  last = 0;
  loaded = false;
  hasBefore = true;
  away = false; // a stretch of the past, with messages after it that are not here

  get(seq) {
    return this.#messages.get(seq);
  }

  *[Symbol.iterator]() {
    for (let seq = this.first; seq <= this.last; seq += 1) {
      const message = this.#messages.get(seq);
      if (message) yield message;
    }
  }

  /** True if the message found its place; false if messages before it are missing and must be fetched. */
  accept(message) {
    if (!this.loaded) return true; // nothing is shown yet: the first page will bring it
    if (message.seq > this.last + 1) return this.away; // what is now said is fetched on the way back
    if (message.seq < this.first) return true;
    this.#place(message);
    if (this.first === 0) this.first = message.seq;
    this.last = Math.max(this.last, message.seq);
    return true;
  }

  /** Puts a page beside what is here. A page that does not touch it replaces it. Only a page that says so changes `away`. */
  merge({ messages, has_before: hasBefore, away = this.away }) {
    this.loaded = true;
    this.away = away;
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
    for (const message of messages) this.#place(message);
  }

  edit(message) {
    if (this.#messages.has(message.seq)) this.#place(message);
    else if (this.#fetches > 0) this.#early.set(message.seq, (old) => newer(old, message));
  }

  delete(seq) {
    this.#change(seq, (old) => ({ ...old, content: "", attachments: [], mentions: [], reactions: {}, deleted: true }));
  }

  /** Adds or takes back one person's emoji; doing it twice is doing it once. */
  react(seq, emoji, userId, isAdded) {
    this.#change(seq, (old) => {
      const others = (old.reactions?.[emoji] ?? []).filter((id) => id !== userId);
      const { [emoji]: _, ...rest } = old.reactions ?? {};
      const who = isAdded ? [...others, userId] : others;
      if (old.deleted) return old;
      return { ...old, reactions: who.length ? { ...old.reactions, [emoji]: who } : rest };
    });
  }

  /** Marks a fetch as under way: an edit of a message that its page was read too early for is kept, and applied to it. */
  async during(fetch) {
    const era = this.#era;
    this.#fetches += 1;
    try {
      const page = await fetch();
      if (era === this.#era) this.merge(page);
    } finally {
      this.#fetches -= 1;
      if (this.#fetches === 0) this.#early.clear();
    }
  }

  clear() {
    this.#era += 1;
    this.#messages.clear();
    this.first = this.last = 0;
    this.loaded = false;
    this.hasBefore = true;
    this.away = false;
  }

  #change(seq, change) {
    if (this.#messages.has(seq)) this.#messages.set(seq, change(this.#messages.get(seq)));
    if (this.#fetches === 0) return;
    const before = this.#early.get(seq); // the page on its way may have been read before either
    this.#early.set(seq, before ? (old) => change(before(old)) : change);
  }

  #place(message) {
    const known = this.#messages.get(message.seq);
    const early = this.#early.get(message.seq);
    const merged = known ? newer(known, message) : message;
    this.#messages.set(message.seq, early ? early(merged) : merged);
  }
}

// Pages and events travel separately: a deletion is final, and of two editions the later one stands.
function newer(known, arriving) {
  if (known.deleted && !arriving.deleted) return known;
  if (!arriving.deleted && (known.edited_at ?? "") > (arriving.edited_at ?? "")) return known;
  return arriving;
}
