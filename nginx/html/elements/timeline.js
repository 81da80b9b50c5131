// The element <echo-timeline>: the messages of the open room. It draws what has changed, and keeps the place where the user reads.

import { attribute, Element, show, text, toggle } from "../parts/element.js";
import { Anchor, KeyedList, Roving } from "../parts/list.js";
import { MessageCommands } from "./message-commands.js";
import "./message.js";
import { Announcer } from "./timeline-announcer.js";
import { TimelineEdges } from "./timeline-edges.js";
import { TimelineMarks } from "./timeline-marks.js";
import { TimelineOpening } from "./timeline-opening.js";
import { TimelineReading } from "./timeline-reading.js";
import { makeRow, updateRow } from "./timeline-row.js";
import { keyOf, rowsOf } from "./timeline-rows.js";
import { timelineTemplate } from "./timeline-template.js";
import { changesOf, nodesOf, updateConcerned } from "./timeline-updates.js";
import "./unread-pill.js";

const CONTROLS = "button:not([disabled]), a[href], audio, video";

export class Timeline extends Element {
  /** @type {string | null} */ roomId = null;
  /** @type {any} a public room that the user is not in */ preview = null;
  /** @type {KeyedList<import("./timeline-rows.js").Row>} */ list = /** @type {any} */ (null);
  /** @type {Anchor} */ anchor = /** @type {any} */ (null);
  /** @type {Roving} */ roving = /** @type {any} */ (null);
  /** @type {MessageCommands} */ commands = /** @type {any} */ (null);
  /** @type {TimelineOpening} */ opening = /** @type {any} */ (null);
  /** @type {TimelineEdges} */ edges = /** @type {any} */ (null);
  /** @type {TimelineMarks} */ marks = /** @type {any} */ (null);
  /** @type {TimelineReading} */ reading = /** @type {any} */ (null);
  /** @type {Announcer} */ announcer = /** @type {any} */ (null);
  /** @type {Set<number>} messages whose rows are drawn anew, though they are the same */ #stale = new Set();
  /** @type {(() => void)[]} */ #unwatches = [];
  #isDrawing = false;

  static template(/** @type {any} */ { texts }) {
    return timelineTemplate(texts);
  }

  connected() {
    /** @type {any} */
    const context = this.context;
    this.context = context; // it is still needed when the element has left the page
    const { box, scroller, jump } = this.parts;
    box.replaceChildren();
    this.list = new KeyedList({ box, key: ({ key }) => key, make: (row) => makeRow(this, row), update: updateRow });
    this.anchor = new Anchor({ scroller, box, isRow: isMessage, onEnd: (isAtEnd) => this.reading.atEnd(isAtEnd) });
    this.roving = new Roving({ box, items: "echo-message", inner: CONTROLS, start: "last" });
    this.commands = new MessageCommands({ host: this, box });
    this.opening = new TimelineOpening(this);
    this.edges = new TimelineEdges(this);
    this.marks = new TimelineMarks(this);
    this.reading = new TimelineReading(this);
    this.announcer = new Announcer(this);
    for (const part of [this.roving, this.edges, this.reading, this.anchor]) this.ending(() => part.disconnect());
    this.listen(jump, "click", () => this.opening.toEnd());
    this.watch("users", (deltas) => updateConcerned(this, deltas));
    this.watch("rooms", () => {
      this.reading.update();
      if (this.list.size === 0) this.draw(); // whether the user is alone
    });
    this.watch("connection", () => {
      this.edges.retry();
      this.draw();
    });
    this.#planMidnight();
  }

  disconnected() {
    this.open(null);
  }

  get room() {
    return this.context.store.rooms.get(this.roomId) ?? (this.preview?.room_id === this.roomId ? this.preview : null);
  }

  /** The window of messages. */
  get window() {
    return this.context.store.timeline(this.roomId);
  }

  /**
   * Shows a room, at a message if one is named, else where there is something to read. Null shows none.
   * @param {string | null} roomId
   * @param {{ seq?: number | null, preview?: any }} options
   */
  open(roomId, { seq = null, preview = null } = {}) {
    this.preview = preview;
    if (roomId !== this.roomId) {
      this.reading.leave();
      for (const unwatch of this.#unwatches.splice(0)) unwatch();
      this.roomId = roomId;
      this.list.clear();
      this.#stale.clear();
      if (roomId) this.#enter(roomId);
    } else if (seq === null) return;
    if (roomId) this.opening.open(seq);
  }

  /** @param {string} roomId */
  #enter(roomId) {
    const { marks } = this.context;
    this.reading.enter();
    this.announcer.enter();
    this.marks.enter();
    this.#unwatches = [
      this.watch(`timeline:${roomId}`, (deltas) => this.#changed(deltas)),
      this.watch(`unsent:${roomId}`, () => this.draw()),
    ];
    this.anchor.scrollToEnd();
    if (this.room?.me) marks.load(roomId);
  }

  /** Draws with the next frame what differs from what is shown. */
  draw() {
    if (this.#isDrawing || !this.roomId) return;
    this.#isDrawing = true;
    this.anchor.around(() => {
      this.#isDrawing = false;
      if (this.isConnected && this.roomId) this.#write();
    });
  }

  /**
   * The row of a message in the window.
   * @param {number} seq
   * @returns {any}
   */
  nodeOf(seq) {
    const message = this.roomId && this.window.get(seq);
    return message ? this.list.node(keyOf(message, this.context.store.me.user_id)) : undefined;
  }

  /** @param {any[]} deltas */
  #changed(deltas) {
    const { stale, added, isSeen } = changesOf(this, deltas);
    for (const seq of stale) this.#stale.add(seq);
    if (added.length) this.reading.arrived(added);
    if (added.length) this.announcer.arrived(added);
    if (isSeen) this.marks.plan();
    if (deltas.some(({ what }) => what === "state")) this.edges.loaded();
    this.draw();
  }

  #write() {
    const { history, outbox, store, texts } = this.context;
    const { window: timeline, roomId, room } = this;
    const { isOpening } = this.opening;
    if (!timeline.loaded && !isOpening && !history.loading(roomId) && !history.error(roomId)) this.opening.again();
    // What waits to be sent is shown without the messages before it, if these cannot be had; those that are shown stay while they are loaded.
    const isBare = Boolean(history.error(roomId)) && !this.nodes.some(({ dataset }) => dataset.seq);
    if (!isOpening && (timeline.loaded || isBare)) {
      const unsent = outbox.messagesIn(roomId);
      const { newSeq } = this.reading;
      this.list.set(rowsOf({ messages: timeline, unsent, newSeq, me: store.me.user_id, dayKey: (iso) => texts.dates.dayKey(iso) }));
      const isFilling = timeline.isFollowing && history.loading(roomId) === "gap"; // the end comes, and the user is there
      toggle(this.parts.column, "has-after", timeline.hasAfter && !isFilling);
      this.marks.write();
      this.opening.arrive();
      this.opening.resume();
    }
    for (const seq of this.#stale) {
      const node = this.nodeOf(seq);
      node?.update();
      if (node) this.commands.refresh(node);
    }
    this.#stale.clear();
    this.edges.writeState();
    attribute(this.parts.box, "aria-label", texts.t("timeline.label", { room: room ? store.roomName(room) : "" }));
    this.writeJump();
  }

  /** Whether there is a way to the end. */
  writeJump() {
    const { jump, jumpText } = this.parts;
    const isAway = Boolean(this.roomId) && this.list.size > 0 && (!this.anchor.isAtEnd || this.window.hasAfter);
    show(jump, isAway && !this.opening.isOpening);
    toggle(jump, "has-new", this.reading.hasNewBelow);
    text(jumpText, this.context.texts.t(this.reading.hasNewBelow ? "timeline.new_below" : "timeline.to_newest"));
  }

  #planMidnight() {
    this.later(this.context.texts.dates.untilMidnight() + 1_000, () => {
      this.draw(); // "Today" is yesterday
      this.#planMidnight();
    });
  }

  /** The rows of messages. */
  get nodes() {
    return nodesOf(this);
  }
}

/** @param {Element | globalThis.Element} node */
function isMessage(node) {
  return node.localName === "echo-message";
}

customElements.define("echo-timeline", Timeline);
