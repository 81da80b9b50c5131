// Draws the open room's messages: keeps the reader's place, loads older ones on scroll, edits and deletes in place.

import { byId, h, reconcile } from "./dom.js";
import { ask, askFor, note } from "./notes.js";
import { fill } from "./pages.js";
import { pickEmoji } from "./picker.js";
import { avatar, briefTime, clockTime, dayKey, dayName, fileSize, wholeTime, withLinks } from "./text.js";

const END_PX = 60; // this near to the end, the reader is at the end
const OLDER_PX = 400; // older messages are fetched before she arrives there
const TOGETHER_MS = 5 * 60_000; // one person's messages within this time share one heading
const NAMES_SHOWN = 20; // of those who reacted alike
const FATES = { sent: "Not delivered yet", delivered: "Delivered", preview_read: "Has seen a preview", read: "Read" };

export class TimelineView {
  #store;
  #api;
  #history;
  #outbox;
  #connection;
  #onRead;
  #onReply;
  #onPerson;

  #roomId = null;
  #nodes = new Map();
  #editing = null; // seq
  #newFrom = null; // the first seq that was unread when the room was opened
  #seenLast = 0;
  #atEnd = true;

  constructor({ store, api, history, outbox, connection, onRead, onReply, onPerson }) {
    this.#store = store;
    this.#api = api;
    this.#history = history;
    this.#outbox = outbox;
    this.#connection = connection;
    this.#onRead = onRead;
    this.#onReply = onReply;
    this.#onPerson = onPerson;

    const box = byId("history");
    box.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    byId("jump").addEventListener("click", () => this.toEnd());
    document.addEventListener("visibilitychange", () => this.#read());
    // A keyboard that opens, or a composer that grows, must not push the newest message out of sight.
    new ResizeObserver(() => this.#atEnd && this.toEnd()).observe(box);
  }

  show(roomId) {
    this.#roomId = roomId;
    this.#editing = null;
    this.#nodes.clear();
    byId("messages").replaceChildren();
    byId("jump").hidden = true;
    byId("announcer").textContent = "";
    this.#newFrom = null;
    this.#atEnd = true;
    const room = this.#store.rooms.get(roomId);
    if (!room) return;
    if (this.#store.unread(room) > 0) this.#newFrom = room.me.read_seq + 1;
    this.#seenLast = room.last_seq;
    this.#history.open(roomId);
    this.draw();
  }

  draw() {
    const room = this.#store.rooms.get(this.#roomId);
    if (!room) return;
    const timeline = this.#store.timeline(room.room_id);
    if (!timeline.loaded && !this.#history.busy(room.room_id) && !this.#history.failure(room.room_id)) {
      this.#history.open(room.room_id); // emptied by a resync
    }

    const anchor = this.#atEnd ? null : this.#anchor();
    this.#drawState(room, timeline);
    reconcile(byId("messages"), this.#nodes, this.#items(room, timeline));
    if (this.#atEnd && !timeline.away) this.toEnd();
    else if (anchor) this.#restore(anchor);

    this.#announce(timeline);
    if (this.#nearStart()) this.#history.older(room.room_id);
    this.#read();
  }

  toEnd() {
    if (this.#roomId && this.#store.timeline(this.#roomId).away) this.#history.newest(this.#roomId);
    const box = byId("history");
    box.scrollTop = box.scrollHeight;
    this.#atEnd = true;
    byId("jump").hidden = true;
    this.#read();
  }

  /** Leads to one message, wherever in the room's past it is. */
  async lead(seq) {
    const roomId = this.#roomId;
    this.#atEnd = false;
    await this.#history.around(roomId, seq);
    if (roomId !== this.#roomId) return;
    this.draw();
    const node = this.#nodes.get(`message:${seq}`)?.node;
    if (!node) return note("This message cannot be shown.");
    node.scrollIntoView({ block: "center" });
    node.focus({ preventScroll: true });
    node.classList.add("found");
    this.#scrolled(); // where everything fits there is no scrolling, and the end is in sight all the same
  }

  editLastOfMine() {
    const mine = [...this.#store.timeline(this.#roomId)].filter((message) => this.#isMine(message) && !message.deleted);
    if (mine.length) this.#edit(mine.at(-1).seq);
  }

  // ---- place ----

  #scrolled() {
    const box = byId("history");
    const isLow = box.scrollHeight - box.scrollTop - box.clientHeight < END_PX;
    const isAway = this.#roomId && this.#store.timeline(this.#roomId).away;
    if (isLow && isAway && !this.#history.busy(this.#roomId)) this.#history.newer(this.#roomId);
    this.#atEnd = isLow && !isAway;
    if (this.#atEnd) {
      byId("jump").hidden = true;
      this.#read();
    } else {
      const room = this.#store.rooms.get(this.#roomId);
      byId("jump-text").textContent = room && this.#store.unread(room) ? "New messages" : "To the newest";
      byId("jump").hidden = !room;
    }
    if (this.#nearStart()) this.#history.older(this.#roomId);
  }

  #nearStart() {
    const timeline = this.#roomId && this.#store.timeline(this.#roomId);
    return timeline && timeline.loaded && timeline.hasBefore && byId("history").scrollTop < OLDER_PX &&
      !this.#history.busy(this.#roomId) && !this.#history.failure(this.#roomId);
  }

  // The first message in sight stays where it is while others come in above it: its lower edge, because the
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

  #read() {
    if (!this.#roomId || !this.#atEnd || document.visibilityState !== "visible") return;
    const timeline = this.#store.timeline(this.#roomId);
    if (timeline.last > 0 && !timeline.away) this.#onRead(this.#roomId, timeline.last);
  }

  // ---- what is shown ----

  #drawState(room, timeline) {
    const failure = this.#history.failure(room.room_id);
    const state = byId("history-state");
    if (failure) {
      state.replaceChildren(`${failure.message} `, h("button", {
        type: "button", class: "link",
        onclick: () => (timeline.loaded ? this.#history.older(room.room_id) : this.#history.open(room.room_id)),
      }, "Try again"));
    } else if (!timeline.loaded || this.#history.busy(room.room_id) === "older") {
      state.textContent = "Loading…";
    } else {
      state.textContent = timeline.hasBefore ? "" : timeline.last === 0 ? "Nothing has been said here yet." : "This is the beginning.";
    }
    byId("history").setAttribute("aria-busy", String(this.#history.busy(room.room_id) !== undefined));
  }

  #items(room, timeline) {
    const items = [];
    let before = null;
    const add = (message, key) => {
      const newDay = !before || dayKey(before.created_at) !== dayKey(message.created_at);
      if (newDay) items.push(divider(`day:${key}`, "day", dayName(message.created_at)));
      const firstNew = message.seq && message.seq === this.#newFrom;
      if (firstNew) items.push(divider("new", "new", "New"));
      const follows = !newDay && !firstNew && before.user_id === message.user_id && !message.reply_to &&
        new Date(message.created_at) - new Date(before.created_at) < TOGETHER_MS;
      items.push(this.#item(room, message, key, follows));
      before = message;
    };
    for (const message of timeline) add(message, message.seq);
    if (timeline.loaded) {
      for (const waiting of this.#outbox.in(room.room_id)) add({ ...waiting, user_id: this.#store.me.user_id }, waiting.client_id);
    }
    return items;
  }

  #item(room, message, key, follows) {
    const editing = message.seq !== undefined && message.seq === this.#editing && !message.deleted;
    const name = this.#store.nameOf(message.user_id, message);
    const mayDelete = this.#isMine(message) || ["owner", "moderator"].includes(room.me?.role);
    const quoted = message.reply_to ? this.#store.timeline(room.room_id).get(message.reply_to) : null;
    const shown = { // all that the drawing depends on: drawn anew exactly when it differs
      follows, editing, name, mayDelete,
      content: message.content, deleted: message.deleted, edited: message.edited_at,
      state: message.state ?? "sent", why: message.why ?? null,
      fate: this.#isMine(message) && message.seq && !message.deleted ? this.#store.fateOf(room, message.seq) : null,
      called: (message.mentions ?? []).map((id) => this.#store.users.get(id)?.username?.toLowerCase()).filter(Boolean),
      callsMe: message.mentions?.includes(this.#store.me.user_id),
      reactions: Object.entries(message.reactions ?? {}).map(([emoji, who]) => ({
        emoji, mine: who.includes(this.#store.me.user_id), count: who.length,
        names: who.slice(0, NAMES_SHOWN).map((id) => this.#store.nameOf(id)).join(", "),
      })),
      attachments: message.attachments?.map((file) => file.file_id),
      quote: message.reply_to ? quoted ? `${this.#store.nameOf(quoted.user_id, quoted)}: ${quoted.deleted ? "message deleted" : quoted.content}`.slice(0, 140) : "an earlier message" : null,
    };
    // While it is being edited, nothing that happens elsewhere may take the words from under the cursor.
    const signature = editing ? "editing" : JSON.stringify(shown);
    return { key: `message:${key}`, signature, build: () => this.#message(message, shown) };
  }

  #message(message, { follows, editing, name, mayDelete, state, why, quote, fate, called, callsMe, reactions }) {
    const mine = this.#isMine(message);
    return h("li", {
      class: `message${mine ? " mine" : ""}${follows ? " follows" : ""}${callsMe ? " calls-me" : ""}`,
      "data-testid": "message",
      "data-seq": message.seq,
      "data-client-id": message.client_id,
      "data-user-id": message.user_id,
      "data-state": message.deleted ? "deleted" : state,
      tabindex: "-1", // a tap focuses it, which is how a finger reaches its buttons
    },
      follows ? null : avatar(message.user_id, name),
      h("div", { class: "body" },
        h("p", { class: follows ? "unseen" : "heading" },
          h("button", { type: "button", class: "name", dir: "auto", "data-testid": "author", onclick: () => this.#onPerson(message) }, name), " ",
          h("time", { datetime: message.created_at, title: wholeTime(message.created_at) }, clockTime(message.created_at))),
        quote ? h("a", { class: "quote", href: `#/room/${message.room_id}/${message.reply_to}`, dir: "auto", "data-testid": "quote" }, quote) : null,
        editing ? this.#editor(message) : this.#content(message, called),
        reactions.length ? this.#reactions(message, reactions) : null,
        state === "pending" ? h("p", { class: "fate" }, "Sending…") : null,
        state === "failed" ? this.#failed(message, why) : null),
      fate && !editing ? this.#ticks(message, fate) : null,
      message.seq !== undefined && !message.deleted && !editing ? this.#actions(message, mine, mayDelete) : null);
  }

  #content(message, called) {
    if (message.deleted) return h("p", { class: "content deleted", "data-testid": "content" }, "Message deleted");
    return [
      message.content ? h("p", { class: "content", dir: "auto", "data-testid": "content" }, withLinks(message.content, called),
        message.edited_at ? h("small", { class: "edited", title: wholeTime(message.edited_at) }, " (edited)") : null) : null,
      ...(message.attachments ?? []).map((file) => h("p", { class: "file" }, `File: ${file.name} `, h("small", {}, fileSize(file.size)))),
    ];
  }

  #failed({ client_id: clientId }, why) {
    return h("p", { class: "fate error", role: "alert" }, `Not sent: ${why} `,
      h("button", { type: "button", class: "link", "data-testid": "retry", onclick: () => this.#outbox.retry(clientId) }, "Try again"), " ",
      h("button", { type: "button", class: "link", "data-testid": "discard", onclick: () => this.#outbox.discard(clientId) }, "Discard"));
  }

  #actions(message, mine, mayDelete) {
    const about = `message of ${clockTime(message.created_at)}`; // "Edit" alone, read out twenty times, says nothing
    return h("div", { class: "actions" },
      h("button", { type: "button", "aria-label": `React to ${about}`, "data-testid": "react", onclick: () => this.#pick(message) }, "React"),
      h("button", { type: "button", "aria-label": `Reply to ${about}`, "data-testid": "reply", onclick: () => this.#onReply(message) }, "Reply"),
      mine ? h("button", { type: "button", "aria-label": `Edit ${about}`, "data-testid": "edit", onclick: () => this.#edit(message.seq) }, "Edit") : null,
      mine || this.#store.rooms.get(message.room_id)?.kind === "direct" ? null : h("button", { type: "button", "aria-label": `Report ${about}`, "data-testid": "report-message", onclick: () => this.#report(message) }, "Report"),
      mayDelete ? h("button", { type: "button", "aria-label": `Delete ${about}`, "data-testid": "delete", onclick: () => this.#delete(message.seq) }, "Delete") : null);
  }

  // ---- without words ----

  #reactions(message, reactions) {
    return h("div", { class: "reactions" }, reactions.map(({ emoji, mine, count, names }) =>
      h("button", {
        type: "button", "data-testid": "reaction", "aria-pressed": String(mine), title: names,
        "aria-label": `${emoji} ${count}: ${names}. ${mine ? "Take yours back" : "React as well"}`,
        onclick: () => this.#react(message, emoji, !mine),
      }, `${emoji} ${count}`)));
  }

  async #pick(message) {
    const emoji = await pickEmoji();
    if (emoji) await this.#react(message, emoji, true);
  }

  async #react({ room_id, seq }, emoji, isAdded) {
    try {
      await this.#connection.command(isAdded ? "add_reaction" : "remove_reaction", { room_id, seq, emoji });
      this.#store.react({ room_id, seq, emoji, user_id: this.#store.me.user_id }, isAdded);
    } catch (problem) {
      note(`Not done: ${problem.sentence ?? problem.message}`);
    }
  }

  // ---- who has it ----

  #ticks({ room_id: roomId, seq }, { fate, readers }) {
    const isDirect = this.#store.rooms.get(roomId)?.kind === "direct";
    const words = { sent: "Sent", delivered: "Delivered", read: isDirect ? "Read" : `Seen by ${readers}` }[fate];
    return h("button", {
      type: "button", class: `ticks ${fate}`, "data-testid": "ticks", "data-fate": fate, title: words, "aria-label": `${words}. Show who has it`,
      onclick: () => this.#showReceipts(roomId, seq),
    }, fate === "sent" ? "✓" : "✓✓", fate === "read" && !isDirect ? ` ${readers}` : "");
  }

  async #showReceipts(roomId, seq) {
    const say = (problem) => (byId("receipts-state").textContent = problem.sentence ?? problem.message);
    byId("receipts-list").replaceChildren();
    byId("receipts-state").textContent = "Loading…";
    byId("receipts").showModal();
    try {
      const page = await this.#api.receipts(roomId, seq);
      fill(byId("receipts-list"), page, {
        load: (cursor) => this.#api.receipts(roomId, seq, cursor), item: (item) => this.#receipt(item), failed: say,
      });
      byId("receipts-state").textContent = page.items.length === 0 ? "Nobody shows whether it arrived." : "";
    } catch (problem) {
      say(problem);
    }
  }

  #receipt({ user_id: userId, state, at }) {
    const name = this.#store.nameOf(userId);
    return h("li", { "data-testid": "receipt", "data-state": state }, avatar(userId, name),
      h("span", { class: "names" }, h("b", { dir: "auto" }, name),
        h("small", {}, `${FATES[state] ?? state}${at && state !== "sent" ? `, ${briefTime(at)}` : ""}`)));
  }

  // ---- changing ----

  #editor(message) {
    const area = h("textarea", { "aria-label": "Edit message", "data-testid": "edit-input", rows: "2", dir: "auto" });
    area.value = message.content;
    const form = h("form", { class: "editor", onsubmit: (event) => { event.preventDefault(); this.#save(message, area.value.trim(), form); } },
      area,
      h("div", { class: "row" },
        h("button", { type: "submit", class: "primary", "data-testid": "edit-save" }, "Save"),
        h("button", { type: "button", "data-testid": "edit-cancel", onclick: () => this.#stopEditing() }, "Cancel"),
        h("small", { class: "hint" }, "Enter saves, Escape cancels")));
    area.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#stopEditing();
      else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); form.requestSubmit(); }
    });
    return form;
  }

  #edit(seq) {
    this.#editing = seq;
    this.draw();
    const item = this.#nodes.get(`message:${seq}`)?.node;
    const area = item?.querySelector("textarea");
    area?.focus();
    area?.setSelectionRange(area.value.length, area.value.length);
    item?.scrollIntoView({ block: "nearest" });
  }

  #stopEditing() {
    this.#editing = null;
    this.draw();
    byId("draft").focus();
  }

  async #save(message, content, form) {
    if (!content || content === message.content) return this.#stopEditing();
    const { room_id, seq } = message;
    for (const control of form.elements) control.disabled = true;
    try {
      const reply = await this.#connection.command("edit_message", { room_id, seq, content });
      this.#store.editMessage(reply.message ?? { ...message, content, edited_at: new Date().toISOString() });
      if (this.#roomId === room_id && this.#editing === seq) this.#stopEditing();
    } catch (problem) {
      for (const control of form.elements) control.disabled = false;
      note(`Not saved: ${problem.sentence ?? problem.message}`);
    }
  }

  async #delete(seq) {
    const roomId = this.#roomId;
    if (!(await ask("Delete this message for everyone?", "Delete"))) return;
    try {
      await this.#connection.command("delete_message", { room_id: roomId, seq });
      this.#store.deleteMessage(roomId, seq);
    } catch (problem) {
      note(`Not deleted: ${problem.sentence ?? problem.message}`);
    }
    byId("draft").focus(); // the button that had the focus is gone
  }

  async #report({ room_id: roomId, seq }) {
    const reason = await askFor("Report this message to the room's moderators?", "Reason (optional)", "Report");
    if (reason === null) return;
    try {
      await this.#api.report(roomId, seq, reason);
      note("The moderators of this room will see your report.");
    } catch (problem) {
      note(`Not reported: ${problem.sentence ?? problem.message}`);
    }
  }

  #isMine(message) {
    return message.user_id === this.#store.me.user_id;
  }

  // Only what is new is read out: a live region around the list would also read every page of history.
  #announce(timeline) {
    if (!timeline.loaded) return;
    const news = [];
    for (let seq = Math.max(this.#seenLast + 1, timeline.first); seq <= timeline.last; seq += 1) {
      const message = timeline.get(seq);
      if (message && !message.deleted && !this.#isMine(message)) news.push(`${this.#store.nameOf(message.user_id, message)}: ${message.content}`);
    }
    this.#seenLast = Math.max(this.#seenLast, timeline.last);
    if (news.length === 0) return;
    byId("announcer").textContent = news.slice(-3).join("\n");
    if (!this.#atEnd) byId("jump-text").textContent = "New messages";
  }
}

const lowerEdge = (node) => node.offsetTop + node.offsetHeight;

function divider(key, kind, text) {
  return { key, signature: text, build: () => h("li", { class: `divider ${kind}`, "data-testid": `divider-${kind}` }, h("span", {}, text)) };
}
