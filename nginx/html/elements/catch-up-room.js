// One room of the catch-up view: what is new in it, with its words, and the ways to say that it is read.

import { attribute, Element, h, icon, show, text, toggle } from "../parts/element.js";
import { KeyedList } from "../parts/list.js";
import { Near, Sight } from "../parts/sight.js";
import { catchUpMessage, updateCatchUpMessage } from "./catch-up-message.js";
import { problemText } from "./problem-text.js";
import { faceNode, updateFace } from "./room-face.js";
import { summaryOf } from "./room-summary.js";

const PAGE_SIZE = 20;
const NEAR_PX = 600;

/**
 * @typedef {import("../state/types.js").Message} Message
 * @typedef {import("../state/types.js").Room} Room
 */

/** `echo-catch-up-room`, for the room `roomId`, from the message `firstSeq` on. It stays when the room is read, so that this can be taken back. */
export class CatchUpRoom extends Element {
  /** @type {string} */ roomId = "";
  firstSeq = 1;
  /** @type {Message[]} */ #messages = [];
  #isLoading = false;
  #isAsked = false; // it has come near the view once
  /** @type {KeyedList<Message>} */ #list = /** @type {any} */ (null);

  /** @param {any} context */
  static template({ texts: { t } }) {
    const button = (/** @type {string} */ part, /** @type {string} */ name, /** @type {string} */ label) =>
      h("button", { type: "button", part, class: "catch-up-action", "data-testid": `catch-up-${part}` }, icon(name), h("span", {}, label));
    return [
      h(
        "header",
        { class: "catch-up-head" },
        faceNode({ part: "face" }),
        h("a", { class: "line catch-up-name", part: "name", dir: "auto", "data-testid": "catch-up-name" }),
        h("span", { class: "badge", part: "count" }),
        button("reply", "reply", t("action.reply")),
        button("read", "check", t("room_menu.mark_read")),
        button("unread", "eye", t("room_menu.mark_unread")),
      ),
      h("ol", { role: "list", class: "catch-up-messages", part: "messages" }),
      h("p", { class: "hint", role: "status", part: "state" }),
      h("a", { class: "catch-up-more", part: "more", hidden: true, "data-testid": "catch-up-more" }),
    ];
  }

  connected() {
    const { context, parts } = this;
    attribute(this, "role", "article");
    attribute(this, "data-room-id", this.roomId);
    this.#list = new KeyedList({
      box: parts.messages,
      key: ({ seq }) => seq,
      make: (message) => catchUpMessage(message, context),
      update: (node, message) => updateCatchUpMessage(node, message, context),
    });
    this.listen(parts.read, "click", () => this.markRead());
    this.listen(parts.unread, "click", () => this.markUnread());
    this.listen(parts.reply, "click", () => this.reply());
    for (const part of [parts.name, parts.more]) this.listen(part, "click", (event) => this.#openRoom(event));
    this.watch("rooms", (deltas) => deltas.some(({ room }) => room === this.roomId) && this.#changed());
    this.watch(`timeline:${this.roomId}`, (deltas) => this.#messagesChanged(deltas));
    const scroller = this.closest(".scroller") ?? document.documentElement;
    const near = new Near({ scroller, node: this, above: NEAR_PX, below: NEAR_PX, onChange: (isNear) => isNear && this.#ask() });
    const sight = new Sight({ scroller, box: parts.messages, onChange: (rows) => this.#previewsChanged(rows) });
    this.ending(() => {
      near.disconnect();
      sight.disconnect();
      this.#previewsChanged([]);
    });
    this.#draw();
  }

  disconnected() {
    this.#list.clear();
  }

  /** @returns {Room | undefined} */
  get room() {
    return this.context.store.rooms.get(this.roomId);
  }

  /** Whether the user still has to read it. */
  get isUnread() {
    const { room } = this;
    return Boolean(room && this.context.store.firstUnread(room) !== null);
  }

  markRead() {
    this.context.marks.readAll(this.roomId);
  }

  markUnread() {
    this.context.marks.markUnread(this.roomId, this.firstSeq);
  }

  /** Opens the room with an answer to the last message begun; one that was begun before stays. */
  reply() {
    const { drafts, route } = this.context;
    const last = this.#messages.filter(({ deleted }) => !deleted).pop();
    const draft = drafts.get(this.roomId);
    if (last && !draft.reply_to && !draft.edit) drafts.set(this.roomId, { ...draft, reply_to: last.seq });
    route.open(this.roomId);
  }

  /** @param {MouseEvent} event */
  #openRoom(event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // in a tab of its own
    event.preventDefault();
    this.context.route.open(this.roomId);
  }

  // ---- the messages ----

  #ask() {
    if (this.#isAsked) return;
    this.#isAsked = true;
    this.#load();
  }

  #changed() {
    this.#messages = this.#messages.filter((message) => !this.context.store.isExpired(message));
    this.#draw();
    const { room } = this;
    const last = this.#messages[this.#messages.length - 1]?.seq ?? this.firstSeq - 1;
    if (room && this.#isAsked && this.#messages.length < PAGE_SIZE && room.last_seq > last) this.#load();
  }

  async #load() {
    if (this.#isLoading || !this.isConnected) return;
    this.#isLoading = true;
    const { api, texts } = this.context;
    const after = this.#messages[this.#messages.length - 1]?.seq ?? this.firstSeq - 1;
    text(this.parts.state, this.#messages.length ? "" : texts.t("state.loading"));
    try {
      const { messages } = await api.messages(this.roomId, { after, limit: PAGE_SIZE - this.#messages.length });
      this.#messages = [...this.#messages, ...messages].filter((message) => !this.context.store.isExpired(message));
      text(this.parts.state, "");
    } catch (problem) {
      text(this.parts.state, problemText(texts, problem));
    }
    this.#isLoading = false;
    if (this.isConnected) this.#draw();
  }

  /** @param {{ seq: number | null, what: string }[]} deltas */
  #messagesChanged(deltas) {
    const timeline = this.context.store.timeline(this.roomId);
    const changed = new Set(deltas.filter(({ what }) => what === "content" || what === "deleted").map(({ seq }) => seq));
    if (changed.size === 0) return;
    this.#messages = this.#messages.map((message) => (changed.has(message.seq) && timeline.get(message.seq)) || message);
    this.#draw();
  }

  // Who has seen the words here has previewed them; they are read in the room, or when the user says so.
  #previewsChanged(/** @type {globalThis.Element[]} */ rows) {
    const seqs = rows.map((row) => Number(row.getAttribute("data-seq")));
    const previews = seqs.map((seq) => /** @type {[string, number]} */ ([this.roomId, seq]));
    this.context.reading.setPreviewsInSight(previews, this);
  }

  #draw() {
    const { room } = this;
    if (!room) return this.remove();
    const { texts } = this.context;
    const { face, name, count, messages, more, read, unread, reply } = this.parts;
    const summary = summaryOf(room, this.context);
    const { isUnread } = this;
    toggle(this, "read", !isUnread);
    updateFace(face, summary, texts);
    text(name, summary.name);
    attribute(this, "aria-label", summary.name);
    for (const link of [name, more]) attribute(link, "href", `#/room/${this.roomId}`);
    text(count, summary.count);
    show(count, Boolean(summary.count));
    show(read, isUnread);
    show(unread, !isUnread);
    for (const button of [read, unread, reply]) attribute(button, "aria-label", `${button.textContent}: ${summary.name}`);
    this.#list.set(this.#messages);
    show(messages, this.#messages.length > 0);
    const left = room.last_seq - (this.#messages[this.#messages.length - 1]?.seq ?? room.last_seq);
    show(more, left > 0);
    if (left > 0) text(more, texts.t("catch_up.more", { n: left }));
  }
}

customElements.define("echo-catch-up-room", CatchUpRoom);
