// Completes a name after an @ in the composer, among those who are in the room.

import { byId, h } from "./dom.js";
import { avatar } from "./text.js";

const SHOWN_MOST = 6;
const BEGUN = /(?:^|[^\w+.-])@([\w.-]*)$/;

export class Completion {
  #store;
  #api;
  #area = byId("draft");
  #list = byId("completion");
  #members = new Map(); // room_id → those who may be named; fetched at the first @
  #roomId = null;
  #found = [];
  #chosen = 0;

  constructor({ store, api }) {
    this.#store = store;
    this.#api = api;
    this.#area.addEventListener("input", () => this.#look());
    this.#area.addEventListener("blur", () => this.close());
  }

  open(roomId) {
    this.#roomId = roomId;
    this.#members.delete(roomId); // who came meanwhile is to be found
    this.close();
  }

  close() {
    this.#found = [];
    this.#draw();
  }

  /** True if the key was for the list. */
  key(event) {
    if (this.#found.length === 0) return false;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.#chosen = (this.#chosen + step + this.#found.length) % this.#found.length;
      this.#draw();
    } else if (event.key === "Enter" || event.key === "Tab") {
      this.#take(this.#found[this.#chosen]);
    } else if (event.key === "Escape") {
      this.close();
    } else {
      return false;
    }
    event.preventDefault();
    return true;
  }

  async #look() {
    const roomId = this.#roomId;
    if (!this.#begun()) return this.close();
    if (!this.#members.has(roomId)) {
      this.#members.set(roomId, []);
      try {
        const { items } = await this.#api.members(roomId);
        this.#members.set(roomId, items.map(({ user }) => user).filter((user) => user.user_id !== this.#store.me.user_id));
      } catch {
        this.#members.delete(roomId); // the name can be typed in full; the next @ asks again
      }
    }
    const begun = this.#begun();
    if (!begun || roomId !== this.#roomId) return;
    const start = begun[1].toLowerCase();
    this.#found = (this.#members.get(roomId) ?? [])
      .filter(({ user_id: id, username }) => [username, this.#store.nameOf(id)].some((name) => name.toLowerCase().startsWith(start)))
      .slice(0, SHOWN_MOST);
    this.#chosen = 0;
    this.#draw();
  }

  #begun() {
    return BEGUN.exec(this.#area.value.slice(0, this.#area.selectionStart));
  }

  #take({ username }) {
    const begun = this.#begun();
    if (begun) {
      const end = this.#area.selectionStart;
      this.#area.setRangeText(`${username} `, end - begun[1].length, end, "end");
      this.#area.dispatchEvent(new Event("input"));
    }
    this.close();
  }

  #draw() {
    this.#list.hidden = this.#found.length === 0;
    this.#list.replaceChildren(...this.#found.map((user, index) => {
      const name = this.#store.nameOf(user.user_id, user);
      return h("li", {
        id: `completion-${index}`, role: "option", "data-testid": "completion-item", "aria-selected": String(index === this.#chosen),
        onmousedown: (event) => { event.preventDefault(); this.#take(user); }, // before the composer loses the focus
      }, avatar(user.user_id, name), h("span", { class: "names" }, h("b", { dir: "auto" }, name), h("small", {}, `@${user.username}`)));
    }));
    if (this.#found.length) this.#area.setAttribute("aria-activedescendant", `completion-${this.#chosen}`);
    else this.#area.removeAttribute("aria-activedescendant");
  }
}
