// The dialog that lists the public rooms, searches them and joins them.

import { avatar } from "./avatar.js";
import { byId, h } from "./dom.js";
import { memberCount } from "./format.js";

const SEARCH_AFTER_MS = 250;

export class DirectoryView {
  #store;
  #api;
  #onJoin;
  #timer = 0;
  #generation = 0; // the response to an earlier search is discarded
  #nextCursor = null;

  /** `onJoin(room_id)` joins and opens a room; it throws a Problem if the server rejects that. */
  constructor({ store, api, onJoin }) {
    this.#store = store;
    this.#api = api;
    this.#onJoin = onJoin;
    byId("directory-open").addEventListener("click", () => this.#open());
    byId("directory-more").addEventListener("click", () => this.#search(this.#nextCursor));
    byId("directory-search").addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#search(), SEARCH_AFTER_MS);
    });
  }

  #open() {
    byId("directory-search").value = "";
    byId("directory-list").replaceChildren();
    byId("directory").showModal();
    byId("directory-search").focus();
    this.#search();
  }

  async #search(cursor = null) {
    const generation = ++this.#generation;
    byId("directory-state").textContent = "Searching…";
    byId("directory-more").hidden = true;
    try {
      const page = await this.#api.publicRooms({ q: byId("directory-search").value.trim(), cursor });
      if (generation !== this.#generation) return;
      const items = page.items.map((room) => this.#item(room));
      if (cursor) byId("directory-list").append(...items);
      else byId("directory-list").replaceChildren(...items);
      byId("directory-state").textContent = byId("directory-list").children.length ? "" : "No public room matches.";
      this.#nextCursor = page.next_cursor ?? null;
      byId("directory-more").hidden = !this.#nextCursor;
    } catch (problem) {
      if (generation === this.#generation) byId("directory-state").textContent = problem.message;
    }
  }

  #item(room) {
    const isMember = this.#store.rooms.has(room.room_id);
    return h("li", { "data-testid": "directory-item", "data-room-id": room.room_id },
      avatar(room.room_id, room.name, { sign: "#" }),
      h("span", { class: "names" }, h("b", { dir: "auto" }, room.name),
        h("small", { dir: "auto" }, [memberCount(room.member_count ?? 0), room.topic].filter(Boolean).join(" · "))),
      h("button", {
        type: "button",
        class: isMember ? null : "primary",
        "data-testid": isMember ? "open-room" : "join-room",
        "aria-label": `${isMember ? "Open" : "Join"} ${room.name}`,
        onclick: (event) => this.#join(room, event.currentTarget),
      }, isMember ? "Open" : "Join"));
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
