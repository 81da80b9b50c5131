// Searches messages, in all my rooms or in the open one, and leads to them.

import { byId, h } from "./dom.js";
import { avatar, briefTime } from "./text.js";

const SEARCH_AFTER_MS = 250;

export class SearchView {
  #store;
  #api;
  #timer = 0;
  #search = 0; // an answer to an earlier search must not replace a later one's
  #next = null;
  #roomId = null; // the open one

  constructor({ store, api }) {
    this.#store = store;
    this.#api = api;
    byId("search-open").addEventListener("click", () => this.#open());
    byId("search-more").addEventListener("click", () => this.#list(this.#next));
    for (const id of ["search-words", "search-here"]) {
      byId(id).addEventListener("input", () => {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#list(), SEARCH_AFTER_MS);
      });
    }
  }

  /** The room that "only in this room" means; null: none. */
  within(roomId) {
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

  async #list(cursor = null) {
    const search = ++this.#search;
    const q = byId("search-words").value.trim();
    byId("search-more").hidden = true;
    if (!q) {
      byId("search-list").replaceChildren();
      byId("search-state").textContent = "";
      return;
    }
    byId("search-state").textContent = "Looking…";
    try {
      const roomId = byId("search-here").checked ? this.#roomId : null;
      let page = { items: [], next_cursor: cursor };
      // A search that goes far back answers in parts, of which some may be empty.
      do {
        page = await this.#api.searchMessages({ q, roomId, cursor: page.next_cursor });
        if (search !== this.#search) return;
      } while (!page.items.length && page.next_cursor);
      const items = page.items.map((item) => this.#item(item));
      if (cursor) byId("search-list").append(...items);
      else byId("search-list").replaceChildren(...items);
      byId("search-state").textContent = byId("search-list").children.length ? "" : "Nothing was found.";
      this.#next = page.next_cursor ?? null;
      byId("search-more").hidden = !this.#next;
    } catch (problem) {
      if (search === this.#search) byId("search-state").textContent = problem.sentence ?? problem.message;
    }
  }

  #item({ message, highlights }) {
    const name = this.#store.nameOf(message.user_id, message);
    const room = this.#store.rooms.get(message.room_id);
    return h("li", {},
      h("a", {
        href: `#/room/${message.room_id}/${message.seq}`, "data-testid": "search-item",
        onclick: () => byId("search").close(),
      },
        avatar(message.user_id, name),
        h("span", { class: "names found-in" },
          h("small", { dir: "auto" }, [name, room && this.#store.roomName(room), briefTime(message.created_at)].filter(Boolean).join(" · ")),
          h("span", { dir: "auto" }, highlights.map(({ text, hit }) => (hit ? h("mark", {}, text) : text))))));
  }
}
