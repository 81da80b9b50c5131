// Brings the user to where they want to read: the first unread message, one that is linked to, where they were, or the end.

const HIGHLIGHT_MS = 2_500;

export class TimelineOpening {
  #timeline;
  #count = 0;
  isOpening = false;
  /** @type {{ seq: number | null } | null} where to go once the messages are there: they could not be loaded */ #due = null;

  /** @type {{ seq: number | null, block: ScrollLogicalPosition, isLink: boolean } | null} */ #target = null;

  /** @param {import("./timeline.js").Timeline} timeline */
  constructor(timeline) {
    this.#timeline = timeline;
  }

  /**
   * Opens the room of the timeline.
   * @param {number | null} seq the message to show; null: where there is something to read
   */
  async open(seq) {
    const { context, roomId, room } = this.#timeline;
    this.#due = null;
    // Of a room that the user is not in, the server shows the newest messages alone.
    const found = await this.#load(room?.me ? (seq ?? "unread") : "newest");
    if (found === undefined) return;
    if (room?.me) context.flagLoads.load(roomId);
    if (!this.#timeline.window.loaded) {
      this.#due = { seq };
      return;
    }
    if (seq !== null && !this.#timeline.window.get(seq)) {
      context.toasts.show(context.texts.t("timeline.not_shown"));
      this.#timeline.window.isFollowing = this.#timeline.anchor.isAtEnd;
      return this.#timeline.list.size === 0 ? this.toEnd() : undefined;
    }
    this.#show(seq ?? found, seq === null ? {} : { block: "center", isLink: true });
  }

  /** The messages are there. */
  resume() {
    if (this.#due) this.open(this.#due.seq);
  }

  /** The state was loaded anew, and the window emptied: what is shown stays, until its messages are there again. */
  async again() {
    const { context, reading, anchor, roomId, room } = this.#timeline;
    context.marks.load(roomId);
    if (room?.me) context.flagLoads.load(roomId);
    const place = anchor.isAtEnd ? null : reading.place;
    await this.#load(place ?? "newest");
    this.#timeline.draw();
  }

  /** Goes to the newest message. */
  async toEnd() {
    if ((await this.#load("newest")) !== undefined) this.#show(null);
  }

  /** Goes to the first message that is new. */
  async toUnread() {
    const { context, room } = this.#timeline;
    const first = room && context.store.firstUnread(room);
    if (!first) return;
    const found = await this.#load(first);
    if (found !== undefined) this.#show(found);
  }

  /**
   * @param {"unread" | "newest" | number} at
   * @returns {Promise<number | null | undefined>} undefined: the user is elsewhere by now
   */
  async #load(at) {
    const { context, roomId } = this.#timeline;
    const count = (this.#count += 1);
    this.isOpening = true;
    this.#timeline.draw();
    const found = await context.history.open(roomId, { at });
    if (count !== this.#count || roomId !== this.#timeline.roomId || !this.#timeline.isConnected) return undefined;
    this.isOpening = false;
    this.#timeline.draw();
    this.#timeline.edges.loaded();
    return found;
  }

  /** The rows are there: goes to the one that was asked for. Not before: observers still tell of the rows of the frame before this one. */
  arrive() {
    const { anchor, reading, parts } = this.#timeline;
    const target = this.#target;
    this.#target = null;
    if (!target) return;
    const { seq, block, isLink } = target;
    if (seq === null) return anchor.scrollToEnd();
    const divider = () => (reading.newSeq === seq ? parts.box.querySelector(":scope > .divider.new") : null);
    anchor.scrollToRow(() => (isLink ? null : divider()) ?? this.#timeline.nodeOf(seq), block);
    if (isLink) this.#highlight(seq);
  }

  /**
   * @param {number | null} seq
   * @param {{ block?: ScrollLogicalPosition, isLink?: boolean }} options
   */
  #show(seq, { block = "start", isLink = false } = {}) {
    this.#target = { seq, block, isLink };
    this.#timeline.draw();
  }

  /** @param {number} seq */
  #highlight(seq) {
    const { context, roving } = this.#timeline;
    context.frame.settle(() => {
      const node = this.#timeline.nodeOf(seq);
      if (!node) return;
      roving.setCurrent(node);
      node.focus({ preventScroll: true });
      node.classList.add("highlighted");
      this.#timeline.later(HIGHLIGHT_MS, () => node.classList.remove("highlighted"));
    });
  }
}
