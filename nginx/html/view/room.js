// Shows the open room: its header, its timeline, who is typing, and the composer.

import { Composer } from "./composer.js";
import { byId } from "./dom.js";
import { memberCount, presenceText } from "./format.js";

const HEADER_REDRAW_MS = 30_000; // "last seen 5 min ago" changes with time

export class RoomView {
  #store;
  #api;
  #timeline;
  #details;
  #composer;
  #roomId = null;

  constructor({ store, api, timeline, outbox, uploads, connection, details }) {
    this.#store = store;
    this.#api = api;
    this.#timeline = timeline;
    this.#details = details;
    this.#composer = new Composer({
      store, api, outbox, uploads, connection,
      onSent: () => timeline.scrollToEnd(),
      onEditLast: () => timeline.editLastOwnMessage(),
    });

    store.on("rooms", () => this.#drawHeader());
    setInterval(() => this.#drawHeader(), HEADER_REDRAW_MS);
    store.on("typing", () => this.#drawTyping());
    byId("room-details").addEventListener("click", () => this.#details.open(this.#roomId));
  }

  get roomId() {
    return this.#roomId;
  }

  /** Opens a room; null closes the open one. */
  open(roomId) {
    this.#roomId = roomId;
    byId("room").hidden = !roomId;
    byId("no-room").hidden = Boolean(roomId);
    byId("chat").dataset.showing = roomId ? "room" : "rooms";
    this.#timeline.open(roomId);
    this.#composer.open(roomId);
    if (!roomId) return;
    this.#drawHeader();
    this.#drawTyping();
    this.fetchPresence();
    // On a phone, focusing the composer would open the on-screen keyboard, which covers half of the room.
    byId(matchMedia("(pointer: coarse)").matches ? "room-name" : "draft").focus({ preventScroll: true });
  }

  /** Discards the drafts of all rooms. */
  clearDrafts() {
    this.#composer.clear();
  }

  replyTo(message) {
    this.#composer.replyTo(message);
  }

  /** Fetches the other user's presence in a direct room: there are no presence events for offline users. */
  async fetchPresence() {
    const room = this.#store.rooms.get(this.#roomId);
    const userId = room?.kind === "direct" && room.with?.user_id;
    if (!userId || this.#store.presence.has(userId)) return;
    try {
      const { presence: state, last_seen_at } = await this.#api.user(userId);
      if (!this.#store.presence.has(userId)) this.#store.setPresence(userId, { state, last_seen_at });
    } catch {
      // The header then shows no presence.
    }
  }

  #drawHeader() {
    const room = this.#store.rooms.get(this.#roomId);
    if (!room) return;
    byId("room-name").textContent = this.#store.roomName(room);
    const other = room.kind === "direct" && room.with;
    byId("room-topic").textContent = [
      other ? `@${other.username ?? ""}` : memberCount(room.member_count ?? 0),
      room.topic,
      other ? presenceText(this.#store.presence.get(other.user_id)) : "",
    ].filter(Boolean).join(" · ");
    byId("draft").placeholder = `Message ${this.#store.roomName(room)}`;
  }

  #drawTyping() {
    const names = this.#store.typingNames(this.#roomId);
    byId("typing").textContent =
      names.length === 0 ? "" :
      names.length === 1 ? `${names[0]} is typing…` :
      names.length === 2 ? `${names[0]} and ${names[1]} are typing…` : "Several people are typing…";
  }
}
