// The dialog that searches messages, in all of the user's rooms or in the open one.

import { errorText } from "../net/client.js";
import { avatar } from "./avatar.js";
import { byId, h } from "./dom.js";
import { briefTime } from "./format.js";

const SEARCH_AFTER_MS = 250;

export class SearchView {
  #store;
  #api;
  #timer = 0;
  #generation = 0; // the response to an earlier search is discarded
  #nextCursor = null;
  #roomId = null; // of the open room

  constructor({ store, api }) {
    this.#store = store;
    this.#api = api;
    byId("search-open").addEventListener("click", () => this.#open());
    byId("search-more").addEventListener("click", () => this.#search(this.#nextCursor));
    for (const id of ["search-words", "search-here"]) {
      byId(id).addEventListener("input", () => {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#search(), SEARCH_AFTER_MS);
      });
    }
  }

  /** Sets the room that "only in this room" refers to; null: none. */
  setRoom(roomId) {
    this.#roomId = roomId;
  }

  #open() {
    byId("search-words").value = "";
    byId("search-here").checked = false;
    byId("search-here-field").hidden = !this.#roomId;
    byId("search-list").replaceChildren();
    byId("search-state").textContent = "";
    byId("search-more").hidden = true;
    byId("search").showModal();
    byId("search-words").focus();
  }

  async #search(cursor = null) {
    const generation = ++this.#generation;
    const q = byId("search-words").value.trim();
    byId("search-more").hidden = true;
    if (!q) {
      byId("search-list").replaceChildren();
      byId("search-state").textContent = "";
      return;
    }
    byId("search-state").textContent = "Searching…";
    try {
      const roomId = byId("search-here").checked ? this.#roomId : null;
      let page = { items: [], next_cursor: cursor };
      // A search through many messages answers in pages, of which some may be empty.
      do {
        page = await this.#api.searchMessages({ q, roomId, cursor: page.next_cursor });
        if (generation !== this.#generation) return;
      } while (!page.items.length && page.next_cursor);
      const items = page.items.map((item) => this.#item(item));
      if (cursor) byId("search-list").append(...items);
      else byId("search-list").replaceChildren(...items);
      byId("search-state").textContent = byId("search-list").children.length ? "" : "No messages found.";
      this.#nextCursor = page.next_cursor ?? null;
      byId("search-more").hidden = !this.#nextCursor;
    } catch (problem) {
      if (generation === this.#generation) byId("search-state").textContent = errorText(problem);
    }
  }

  #item({ message, highlights }) {
    const name = this.#store.displayName(message.user_id, message);
    const room = this.#store.rooms.get(message.room_id);
    return h("li", {},
      h("a", {
        href: `#/room/${message.room_id}/${message.seq}`, "data-testid": "search-item",
        onclick: () => byId("search").close(),
      },
        avatar(message.user_id, name, { url: this.#store.avatarURL(message.user_id) }),
        h("span", { class: "names snippet" },
          h("small", { dir: "auto" }, [name, room && this.#store.roomName(room), briefTime(message.created_at)].filter(Boolean).join(" · ")),
          h("span", { dir: "auto" }, highlights.map(({ text, hit }) => (hit ? h("mark", {}, text) : text))))));
  }
}
