// The list of the user's rooms, latest activity first, with the last message and the unread count of each.

import { avatar, presenceDot } from "./avatar.js";
import { byId, h, reconcile } from "./dom.js";
import { briefTime, messageSummary } from "./format.js";

const PREVIEW_CHARACTERS_MAX = 120;
const UNREAD_SHOWN_MAX = 999;

export class RoomsView {
  #store;
  #nodes = new Map(); // of `reconcile`
  #openRoomId = null;

  constructor({ store }) {
    this.#store = store;
    store.on("rooms", () => this.#draw());
    store.on("me", () => this.#drawMe());
  }

  /** Marks a room as the open one; null: none is open. */
  open(roomId) {
    this.#openRoomId = roomId;
    this.#draw();
  }

  #draw() {
    const rooms = this.#store.roomsByActivity();
    byId("rooms-empty").hidden = rooms.length > 0;
    reconcile(byId("rooms"), this.#nodes, rooms.map((room) => {
      const properties = this.#properties(room);
      return { key: room.room_id, signature: JSON.stringify(properties), build: () => this.#item(room, properties) };
    }));
    const badgeCount = rooms.reduce((sum, room) => sum + this.#store.badgeCount(room), 0);
    const openRoom = this.#store.rooms.get(this.#openRoomId);
    document.title = `${badgeCount ? `(${badgeCount}) ` : ""}${openRoom ? `${this.#store.roomName(openRoom)} – ` : ""}EchoChat`;
  }

  #drawMe() {
    const { me } = this.#store;
    byId("my-name").textContent = this.#store.displayName(me.user_id);
    byId("my-username").textContent = `@${me.username}`;
    const mine = avatar(me.user_id, this.#store.displayName(me.user_id), { url: this.#store.avatarURL(me.user_id) });
    byId("my-avatar").replaceWith(Object.assign(mine, { id: "my-avatar" }));
  }

  // Everything that the rendering of an item depends on.
  #properties(room) {
    const unread = this.#store.unreadCount(room);
    return {
      name: this.#store.roomName(room),
      avatarURL: room.kind === "direct" && room.with ? this.#store.avatarURL(room.with.user_id, room.with) : null,
      lastMessage: this.#lastMessage(room),
      at: room.last_message ? briefTime(room.last_message.created_at) : "",
      unread,
      isMuted: this.#store.badgeCount(room) === 0,
      mentions: unread ? room.me?.mentions ?? 0 : 0,
      isOpen: room.room_id === this.#openRoomId,
      presence: room.kind === "direct" ? this.#store.presence.get(room.with?.user_id)?.state ?? null : null,
    };
  }

  #lastMessage(room) {
    const message = room.last_message;
    if (!message) return room.topic || "No messages yet";
    const isMine = message.user_id === this.#store.me.user_id;
    const author = isMine ? "You" : room.kind === "direct" ? "" : this.#store.displayName(message.user_id, message);
    return (author && `${author}: `) + messageSummary(message).slice(0, PREVIEW_CHARACTERS_MAX);
  }

  #item(room, { name, avatarURL, lastMessage, at, unread, isMuted, mentions, isOpen, presence }) {
    const sign = room.kind === "public" ? "#" : undefined;
    return h("li", {},
      h("a", {
        href: `#/room/${room.room_id}`,
        "data-testid": "room-item",
        "data-room-id": room.room_id,
        "data-kind": room.kind,
        "data-unread": String(unread),
        "aria-current": isOpen ? "page" : null,
      },
        avatar(room.with?.user_id ?? room.room_id, name, { sign, url: avatarURL }),
        h("span", { class: "names" },
          h("b", { "data-testid": "room-item-name", dir: "auto" }, name, presenceDot(presence)),
          h("small", { dir: "auto" }, lastMessage)),
        h("span", { class: "aside" },
          h("time", {}, at),
          h("span", { class: "badges" },
            mentions ? h("span", { class: "badge mention", "data-testid": "mentions" },
              "@", h("span", { class: "visually-hidden" }, `${mentions} mentioning you, `)) : null,
            unread ? h("span", { class: `badge${isMuted ? " muted" : ""}`, "data-testid": "unread" },
              unread > UNREAD_SHOWN_MAX ? `${UNREAD_SHOWN_MAX}+` : String(unread),
              h("span", { class: "visually-hidden" }, " unread")) : null))));
  }
}
