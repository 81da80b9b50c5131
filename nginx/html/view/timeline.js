// Shows the messages of the open room: keeps the scroll position, loads further pages on scroll, reports read messages.

import { byId, h, reconcile } from "./dom.js";
import { download } from "./download.js";
import { dayKey, dayName, messageSummary } from "./format.js";
import { MessageActions } from "./message-actions.js";
import { messageEditor } from "./message-editor.js";
import { messageProperties, messageRow } from "./message-row.js";
import { PictureView } from "./picture.js";
import { ReceiptsView } from "./receipts.js";
import { toast } from "./toast.js";

const END_PX = 60; // within this distance of the end, the user counts as being at the end
const LOAD_OLDER_PX = 400; // older messages are loaded within this distance of the start
const GROUP_MS = 5 * 60_000; // messages of one user within this time share one heading
const ANNOUNCED_MAX = 3;

export class TimelineView {
  #store;
  #history;
  #outbox;
  #onRead;
  #actions;
  #editorHandlers;

  #roomId = null;
  #nodes = new Map(); // of `reconcile`
  #editingSeq = null;
  #firstUnreadSeq = null; // when the room was opened
  #announcedSeq = 0;
  #isAtEnd = true;

  /** `onRead(room_id, seq)`, `onReply(message)` and `onAuthor(message)` report the user's actions. */
  constructor({ store, api, history, outbox, connection, onRead, onReply, onAuthor }) {
    this.#store = store;
    this.#history = history;
    this.#outbox = outbox;
    this.#onRead = onRead;

    const actions = new MessageActions({ store, api, connection });
    const receipts = new ReceiptsView({ store, api });
    const picture = new PictureView({ api });
    this.#actions = {
      showAuthor: onAuthor,
      reply: onReply,
      edit: (message) => this.#startEditing(message.seq),
      delete: (message) => actions.delete(message),
      report: (message) => actions.report(message),
      pickReaction: (message) => actions.pickReaction(message),
      setReaction: (message, emoji, isAdded) => actions.setReaction(message, emoji, isAdded),
      showPicture: (file) => picture.open(file),
      download: (file) => download(api, file),
      showReceipts: (message) => receipts.open(message),
      retry: (clientId) => outbox.retry(clientId),
      discard: (clientId) => outbox.discard(clientId),
    };
    this.#editorHandlers = {
      save: (message, content) => actions.edit(message, content),
      close: ({ room_id: roomId, seq }) => {
        if (this.#roomId === roomId && this.#editingSeq === seq) this.#stopEditing();
      },
    };

    const box = byId("history");
    box.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    byId("jump").addEventListener("click", () => this.scrollToEnd());
    document.addEventListener("visibilitychange", () => this.#reportRead());
    // When the on-screen keyboard opens or the composer grows, the newest message stays in view.
    new ResizeObserver(() => this.#isAtEnd && this.scrollToEnd()).observe(box);
  }

  /** Shows a room; null shows none. */
  open(roomId) {
    this.#roomId = roomId;
    this.#editingSeq = null;
    this.#nodes.clear();
    byId("messages").replaceChildren();
    byId("jump").hidden = true;
    byId("announcer").textContent = "";
    this.#firstUnreadSeq = null;
    this.#isAtEnd = true;
    const room = this.#store.rooms.get(roomId);
    if (!room) return;
    if (this.#store.unreadCount(room) > 0) this.#firstUnreadSeq = room.me.read_seq + 1;
    this.#announcedSeq = room.last_seq;
    this.#history.open(roomId);
    this.draw();
  }

  draw() {
    const room = this.#store.rooms.get(this.#roomId);
    if (!room) return;
    const timeline = this.#store.timeline(room.room_id);
    if (!timeline.loaded && !this.#history.loading(room.room_id) && !this.#history.error(room.room_id)) {
      this.#history.open(room.room_id); // a resync has cleared it
    }

    const anchor = this.#isAtEnd ? null : this.#anchor();
    this.#drawState(room, timeline);
    reconcile(byId("messages"), this.#nodes, this.#rows(room, timeline));
    if (this.#isAtEnd && !timeline.isDetached) this.scrollToEnd();
    else if (anchor) this.#restore(anchor);

    this.#announce(timeline);
    if (this.#isNearStart()) this.#history.loadOlder(room.room_id);
    this.#reportRead();
  }

  /** Scrolls to the newest message; loads it first if the timeline is detached. */
  scrollToEnd() {
    if (this.#roomId && this.#store.timeline(this.#roomId).isDetached) this.#history.reloadNewest(this.#roomId);
    const box = byId("history");
    box.scrollTop = box.scrollHeight;
    this.#isAtEnd = true;
    byId("jump").hidden = true;
    this.#reportRead();
  }

  /** Loads the page around a message, scrolls to the message and highlights it. */
  async scrollToMessage(seq) {
    const roomId = this.#roomId;
    this.#isAtEnd = false;
    await this.#history.loadAround(roomId, seq);
    if (roomId !== this.#roomId) return;
    this.draw();
    const node = this.#nodes.get(`message:${seq}`)?.node;
    if (!node) return toast("This message cannot be shown.");
    node.scrollIntoView({ block: "center" });
    node.focus({ preventScroll: true });
    node.classList.add("highlighted");
    this.#scrolled(); // if all messages fit into the box there is no scroll event, and the end is in view
  }

  editLastOwnMessage() {
    const own = [...this.#store.timeline(this.#roomId)].filter((message) => this.#isMine(message) && !message.deleted);
    if (own.length) this.#startEditing(own.at(-1).seq);
  }

  // ---- scrolling ----

  #scrolled() {
    const box = byId("history");
    const isLow = box.scrollHeight - box.scrollTop - box.clientHeight < END_PX;
    const isDetached = this.#roomId && this.#store.timeline(this.#roomId).isDetached;
    if (isLow && isDetached && !this.#history.loading(this.#roomId)) this.#history.loadNewer(this.#roomId);
    this.#isAtEnd = isLow && !isDetached;
    if (this.#isAtEnd) {
      byId("jump").hidden = true;
      this.#reportRead();
    } else {
      const room = this.#store.rooms.get(this.#roomId);
      byId("jump-text").textContent = room && this.#store.unreadCount(room) ? "New messages" : "Newest message";
      byId("jump").hidden = !room;
    }
    if (this.#isNearStart()) this.#history.loadOlder(this.#roomId);
  }

  #isNearStart() {
    const timeline = this.#roomId && this.#store.timeline(this.#roomId);
    return timeline && timeline.loaded && timeline.hasBefore && byId("history").scrollTop < LOAD_OLDER_PX &&
      !this.#history.loading(this.#roomId) && !this.#history.error(this.#roomId);
  }

  // The first message in view keeps its position while messages are inserted above it. Its lower edge counts, because the
  // message itself may lose its heading to the one before it.
  #anchor() {
    const top = byId("history").scrollTop;
    for (const node of byId("messages").children) {
      if (node.dataset.seq && lowerEdge(node) > top) return { key: `message:${node.dataset.seq}`, edge: lowerEdge(node) };
    }
    return null;
  }

  #restore({ key, edge }) {
    const node = this.#nodes.get(key)?.node;
    if (node) byId("history").scrollTop += lowerEdge(node) - edge;
  }

  #reportRead() {
    if (!this.#roomId || !this.#isAtEnd || document.visibilityState !== "visible") return;
    const timeline = this.#store.timeline(this.#roomId);
    if (timeline.last > 0 && !timeline.isDetached) this.#onRead(this.#roomId, timeline.last);
  }

  // ---- rendering ----

  #drawState(room, timeline) {
    const error = this.#history.error(room.room_id);
    const state = byId("history-state");
    if (error) {
      state.replaceChildren(`${error.message} `, h("button", {
        type: "button", class: "link",
        onclick: () => (timeline.loaded ? this.#history.loadOlder(room.room_id) : this.#history.open(room.room_id)),
      }, "Try again"));
    } else if (!timeline.loaded || this.#history.loading(room.room_id) === "older") {
      state.textContent = "Loading…";
    } else {
      state.textContent = timeline.hasBefore ? "" : timeline.last === 0 ? "No messages yet." : "This is the start of the conversation.";
    }
    byId("history").setAttribute("aria-busy", String(this.#history.loading(room.room_id) !== undefined));
  }

  #rows(room, timeline) {
    const rows = [];
    let before = null;
    const add = (message, key) => {
      const isNewDay = !before || dayKey(before.created_at) !== dayKey(message.created_at);
      if (isNewDay) rows.push(divider(`day:${key}`, "day", dayName(message.created_at)));
      const isFirstUnread = message.seq && message.seq === this.#firstUnreadSeq;
      if (isFirstUnread) rows.push(divider("new", "new", "New"));
      const isGrouped = !isNewDay && !isFirstUnread && before.user_id === message.user_id && !message.reply_to &&
        new Date(message.created_at) - new Date(before.created_at) < GROUP_MS;
      rows.push(this.#row(room, message, key, isGrouped));
      before = message;
    };
    for (const message of timeline) add(message, message.seq);
    if (timeline.loaded) {
      for (const unsent of this.#outbox.messagesIn(room.room_id)) add({ ...unsent, user_id: this.#store.me.user_id }, unsent.client_id);
    }
    return rows;
  }

  #row(room, message, key, isGrouped) {
    const isEditing = message.seq !== undefined && message.seq === this.#editingSeq && !message.deleted;
    const properties = messageProperties(this.#store, room, message, { isGrouped, isEditing });
    // While the user edits the message, no event may rebuild the row and lose the text.
    const signature = isEditing ? "editing" : JSON.stringify(properties);
    const build = () =>
      messageRow(message, properties, this.#actions, isEditing ? messageEditor(message, this.#editorHandlers) : null);
    return { key: `message:${key}`, signature, build };
  }

  // A live region around the list would also read aloud every loaded page: only new messages are announced.
  #announce(timeline) {
    if (!timeline.loaded) return;
    const texts = [];
    for (let seq = Math.max(this.#announcedSeq + 1, timeline.first); seq <= timeline.last; seq += 1) {
      const message = timeline.get(seq);
      if (!message || message.deleted || this.#isMine(message)) continue;
      texts.push(`${this.#store.displayName(message.user_id, message)}: ${messageSummary(message)}`);
    }
    this.#announcedSeq = Math.max(this.#announcedSeq, timeline.last);
    if (texts.length === 0) return;
    byId("announcer").textContent = texts.slice(-ANNOUNCED_MAX).join("\n");
    if (!this.#isAtEnd) byId("jump-text").textContent = "New messages";
  }

  // ---- editing ----

  #startEditing(seq) {
    this.#editingSeq = seq;
    this.draw();
    const row = this.#nodes.get(`message:${seq}`)?.node;
    const area = row?.querySelector("textarea");
    area?.focus();
    area?.setSelectionRange(area.value.length, area.value.length);
    row?.scrollIntoView({ block: "nearest" });
  }

  #stopEditing() {
    this.#editingSeq = null;
    this.draw();
    byId("draft").focus();
  }

  #isMine(message) {
    return message.user_id === this.#store.me.user_id;
  }
}

const lowerEdge = (node) => node.offsetTop + node.offsetHeight;

function divider(key, kind, text) {
  const build = () => h("li", { class: `divider ${kind}`, "data-testid": `divider-${kind}` }, h("span", {}, text));
  return { key, signature: text, build };
}
