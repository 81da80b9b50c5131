// Browses the public rooms and joins them.

import { byId, h } from "./dom.js";
import { avatar, people } from "./text.js";

const SEARCH_AFTER_MS = 250;

export class DirectoryView {
  #store;
  #api;
  #onJoin;
  #timer = 0;
  #search = 0; // an answer to an earlier search must not replace a later one's
  #next = null;

  /** `onJoin(room_id)` joins and opens; it throws a Problem if it may not. */
  constructor({ store, api, onJoin }) {
    this.#store = store;
    this.#api = api;
    this.#onJoin = onJoin;
    byId("browse").addEventListener("click", () => this.#open());
    byId("directory-more").addEventListener("click", () => this.#list(this.#next));
    byId("directory-search").addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#list(), SEARCH_AFTER_MS);
    });
  }

  #open() {
    byId("directory-search").value = "";
    byId("directory-list").replaceChildren();
    byId("directory").showModal();
    byId("directory-search").focus();
    this.#list();
  }

  async #list(cursor = null) {
    const search = ++this.#search;
    byId("directory-state").textContent = "Looking…";
    byId("directory-more").hidden = true;
    try {
      const page = await this.#api.publicRooms({ q: byId("directory-search").value.trim(), cursor });
      if (search !== this.#search) return;
      const items = page.items.map((room) => this.#item(room));
      if (cursor) byId("directory-list").append(...items);
      else byId("directory-list").replaceChildren(...items);
      byId("directory-state").textContent = byId("directory-list").children.length ? "" : "No public room matches.";
      this.#next = page.next_cursor ?? null;
      byId("directory-more").hidden = !this.#next;
    } catch (problem) {
      if (search === this.#search) byId("directory-state").textContent = problem.message;
    }
  }

  #item(room) {
    const mine = this.#store.rooms.has(room.room_id);
    return h("li", { "data-testid": "directory-item", "data-room-id": room.room_id },
      avatar(room.room_id, room.name, { sign: "#" }),
      h("span", { class: "names" }, h("b", { dir: "auto" }, room.name),
        h("small", { dir: "auto" }, [people(room.member_count ?? 0), room.topic].filter(Boolean).join(" · "))),
      h("button", {
        type: "button",
        class: mine ? null : "primary",
        "data-testid": mine ? "open-room" : "join-room",
        "aria-label": `${mine ? "Open" : "Join"} ${room.name}`,
        onclick: (event) => this.#join(room, event.currentTarget),
      }, mine ? "Open" : "Join"));
  }

  async #join(room, button) {
    button.disabled = true;
    try {
      await this.#onJoin(room.room_id);
      byId("directory").close();
    } catch (problem) {
      byId("directory-state").textContent = problem.message;
      button.disabled = false;
    }
  }
}
