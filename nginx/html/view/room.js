// Shows the open room around its timeline: title, who is typing, and the composer.

import { Completion } from "./completion.js";
import { byId } from "./dom.js";
import { people, presenceWords } from "./text.js";

const CONTENT_CHARACTERS_MAX = 4_000;
const TYPING_EVERY_MS = 3_000;
const LAST_SEEN_AGAIN_MS = 30_000; // "5 min ago" grows old

export class RoomView {
  #store;
  #api;
  #timeline;
  #outbox;
  #connection;
  #details;
  #roomId = null;
  #completion;
  #replyTo = null; // a message
  #drafts = new Map(); // room_id → {text, replyTo}
  #saidTypingAt = 0;

  constructor({ store, api, timeline, outbox, connection, details }) {
    this.#store = store;
    this.#api = api;
    this.#timeline = timeline;
    this.#outbox = outbox;
    this.#connection = connection;
    this.#details = details;
    this.#completion = new Completion({ store, api });

    store.on("rooms", () => this.#drawHead());
    setInterval(() => this.#drawHead(), LAST_SEEN_AGAIN_MS);
    store.on("typing", () => this.#drawTyping());
    byId("room-details").addEventListener("click", () => this.#details.open(this.#roomId));
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    byId("reply-cancel").addEventListener("click", () => this.replyTo(null));
    byId("draft").addEventListener("keydown", (event) => this.#key(event));
    byId("draft").addEventListener("input", () => this.#written());
  }

  get roomId() {
    return this.#roomId;
  }

  /** Null closes. */
  open(roomId) {
    if (this.#roomId) this.#drafts.set(this.#roomId, { text: byId("draft").value, replyTo: this.#replyTo });
    this.#roomId = roomId;
    byId("room").hidden = !roomId;
    byId("no-room").hidden = Boolean(roomId);
    byId("chat").dataset.showing = roomId ? "room" : "rooms";
    this.#timeline.show(roomId);
    if (!roomId) return;
    const draft = this.#drafts.get(roomId);
    byId("draft").value = draft?.text ?? "";
    this.#quote(draft?.replyTo ?? null);
    this.#completion.open(roomId);
    this.#fit();
    this.#complain("");
    this.#drawHead();
    this.#drawTyping();
    this.askWhetherHere();
    // A keyboard that jumps up unasked hides half of a phone's room.
    byId(matchMedia("(pointer: coarse)").matches ? "room-name" : "draft").focus({ preventScroll: true });
  }

  forget() {
    this.#drafts.clear();
    byId("draft").value = "";
    this.#quote(null);
  }

  /** What is written next answers this message; null: no message. */
  replyTo(message) {
    this.#quote(message);
    byId("draft").focus();
  }

  #quote(message) {
    this.#replyTo = message;
    byId("replying").hidden = !message;
    if (message) byId("replying-text").textContent = `Replying to ${this.#store.nameOf(message.user_id, message)}: ${message.content}`;
  }

  #drawHead() {
    const room = this.#store.rooms.get(this.#roomId);
    if (!room) return;
    byId("room-name").textContent = this.#store.roomName(room);
    const direct = room.kind === "direct" && room.with;
    byId("room-topic").textContent = [
      direct ? `@${direct.username ?? ""}` : people(room.member_count ?? 0), room.topic,
      direct ? presenceWords(this.#store.presence.get(direct.user_id)) : "",
    ]
      .filter(Boolean).join(" · ");
    byId("draft").placeholder = `Message ${this.#store.roomName(room)}`;
  }

  /** Who is away is not in the news: of the one I write to, the server is asked. */
  async askWhetherHere() {
    const room = this.#store.rooms.get(this.#roomId);
    const userId = room?.kind === "direct" && room.with?.user_id;
    if (!userId || this.#store.presence.has(userId)) return;
    try {
      const { presence: state, last_seen_at } = await this.#api.user(userId);
      if (!this.#store.presence.has(userId)) this.#store.setPresence(userId, { state, last_seen_at });
    } catch {
      // The head then says nothing of it.
    }
  }

  #drawTyping() {
    const names = this.#store.typingIn(this.#roomId);
    byId("typing").textContent =
      names.length === 0 ? "" :
      names.length === 1 ? `${names[0]} is typing…` :
      names.length === 2 ? `${names[0]} and ${names[1]} are typing…` : "Several people are typing…";
  }

  // ---- writing ----

  #key(event) {
    if (event.isComposing) return; // Enter then chooses a word, it does not end one
    if (this.#completion.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#send();
    } else if (event.key === "Escape" && this.#replyTo) {
      this.replyTo(null);
    } else if (event.key === "ArrowUp" && byId("draft").value === "") {
      event.preventDefault();
      this.#timeline.editLastOfMine();
    }
  }

  #send() {
    const content = byId("draft").value.trim();
    if (!content) return;
    const length = [...content].length;
    if (length > CONTENT_CHARACTERS_MAX) {
      this.#complain(`A message may have ${CONTENT_CHARACTERS_MAX} characters; this one has ${length}.`);
      return;
    }
    this.#outbox.add(this.#roomId, content, this.#replyTo?.seq ?? null);
    byId("draft").value = "";
    this.#quote(null);
    this.#saidTypingAt = 0;
    this.#fit();
    this.#complain("");
    this.#timeline.toEnd();
    byId("draft").focus();
  }

  #written() {
    this.#fit();
    if (byId("draft-error").textContent) this.#complain("");
    if (!byId("draft").value.trim() || Date.now() - this.#saidTypingAt < TYPING_EVERY_MS) return;
    this.#saidTypingAt = Date.now();
    this.#connection.tell("typing", { room_id: this.#roomId });
  }

  #fit() {
    const draft = byId("draft");
    draft.style.height = "auto";
    draft.style.height = `${draft.scrollHeight + 2}px`;
  }

  #complain(sentence) {
    byId("draft-error").textContent = sentence;
  }
}
