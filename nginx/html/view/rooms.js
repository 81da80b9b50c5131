// Lists my rooms, latest activity first, with what was said last and how much of it is unread.

import { byId, h, reconcile } from "./dom.js";
import { avatar, briefTime, presenceDot } from "./text.js";

export class RoomsView {
  #store;
  #nodes = new Map();
  #open = null;

  constructor({ store }) {
    this.#store = store;
    store.on("rooms", () => this.#draw());
    store.on("me", () => this.#drawMe());
  }

  open(roomId) {
    this.#open = roomId;
    this.#draw();
  }

  #draw() {
    const rooms = this.#store.roomsByActivity();
    byId("rooms-empty").hidden = rooms.length > 0;
    reconcile(byId("rooms"), this.#nodes, rooms.map((room) => {
      const shown = this.#shown(room);
      return { key: room.room_id, signature: JSON.stringify(shown), build: () => this.#item(room, shown) };
    }));
    const unread = rooms.reduce((sum, room) => sum + this.#store.bell(room), 0);
    const open = this.#store.rooms.get(this.#open);
    document.title = `${unread ? `(${unread}) ` : ""}${open ? `${this.#store.roomName(open)} – ` : ""}EchoChat`;
  }

  #drawMe() {
    const { me } = this.#store;
    byId("my-name").textContent = this.#store.nameOf(me.user_id);
    byId("my-username").textContent = `@${me.username}`;
    byId("my-avatar").replaceWith(Object.assign(avatar(me.user_id, this.#store.nameOf(me.user_id)), { id: "my-avatar" }));
  }

  #shown(room) {
    const last = room.last_message;
    const mine = last?.user_id === this.#store.me.user_id;
    const who = !last || room.kind === "direct" ? (mine ? "You: " : "") : `${mine ? "You" : this.#store.nameOf(last.user_id, last)}: `;
    return {
      name: this.#store.roomName(room),
      said: last ? who + preview(last) : room.topic || "No messages yet",
      at: last ? briefTime(last.created_at) : "",
      unread: this.#store.unread(room),
      quiet: this.#store.bell(room) === 0,
      mentions: this.#store.unread(room) ? room.me?.mentions ?? 0 : 0,
      current: room.room_id === this.#open,
      here: room.kind === "direct" ? this.#store.presence.get(room.with?.user_id)?.state ?? null : null,
    };
  }

  #item(room, { name, said, at, unread, quiet, mentions, current, here }) {
    const sign = room.kind === "public" ? "#" : undefined;
    return h("li", {},
      h("a", {
        href: `#/room/${room.room_id}`,
        "data-testid": "room-item",
        "data-room-id": room.room_id,
        "data-kind": room.kind,
        "data-unread": String(unread),
        "aria-current": current ? "page" : null,
      },
        avatar(room.with?.user_id ?? room.room_id, name, { sign }),
        h("span", { class: "names" },
          h("b", { "data-testid": "room-item-name", dir: "auto" }, name,
            presenceDot(here)),
          h("small", { dir: "auto" }, said)),
        h("span", { class: "aside" },
          h("time", {}, at),
          h("span", { class: "badges" },
            mentions ? h("span", { class: "badge mention", "data-testid": "mentions" }, "@", h("span", { class: "unseen" }, `${mentions} mentioning you, `)) : null,
            unread ? h("span", { class: `badge${quiet ? " quiet" : ""}`, "data-testid": "unread" },
              unread > 999 ? "999+" : String(unread), h("span", { class: "unseen" }, " unread")) : null))));
  }
}

function preview(message) {
  if (message.deleted) return "message deleted";
  return (message.content || message.attachments?.[0]?.name || "").slice(0, 120);
}
