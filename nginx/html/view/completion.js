// Completes a mention in the composer: offers the members of the room whose names start with the text after an @.

import { avatar } from "./avatar.js";
import { byId, h } from "./dom.js";

const SUGGESTIONS_MAX = 6;
const MENTION_START = /(?<![a-z0-9][_+-]*)@([\w.-]*)$/i; // an @ inside a word belongs to an e-mail address

export class Completion {
  #store;
  #api;
  #area = byId("draft");
  #list = byId("completion");
  #members = new Map(); // room_id → its users without the signed-in one; fetched at the first @
  #roomId = null;
  #suggestions = [];
  #selected = 0;

  constructor({ store, api }) {
    this.#store = store;
    this.#api = api;
    this.#area.addEventListener("input", () => this.#update());
    this.#area.addEventListener("blur", () => this.close());
  }

  /** Sets the room whose members are offered. */
  open(roomId) {
    this.#roomId = roomId;
    this.#members.delete(roomId); // fetched again, to include new members
    this.close();
  }

  close() {
    this.#suggestions = [];
    this.#draw();
  }

  /** Handles a key pressed in the composer; true if it was for the suggestions. */
  keyPressed(event) {
    if (this.#suggestions.length === 0) return false;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.#selected = (this.#selected + step + this.#suggestions.length) % this.#suggestions.length;
      this.#draw();
    } else if (event.key === "Enter" || event.key === "Tab") {
      this.#insert(this.#suggestions[this.#selected]);
    } else if (event.key === "Escape") {
      this.close();
    } else {
      return false;
    }
    event.preventDefault();
    return true;
  }

  async #update() {
    const roomId = this.#roomId;
    if (!this.#mentionStart()) return this.close();
    if (!this.#members.has(roomId)) {
      this.#members.set(roomId, []);
      try {
        const { items } = await this.#api.members(roomId);
        this.#members.set(roomId, items.map(({ user }) => user).filter((user) => user.user_id !== this.#store.me.user_id));
      } catch {
        this.#members.delete(roomId); // the user can type the name in full; the next @ fetches again
      }
    }
    const match = this.#mentionStart();
    if (!match || roomId !== this.#roomId) return;
    const prefix = match[1].toLowerCase();
    this.#suggestions = (this.#members.get(roomId) ?? [])
      .filter(({ user_id: id, username }) => [username, this.#store.displayName(id)].some((name) => name.toLowerCase().startsWith(prefix)))
      .slice(0, SUGGESTIONS_MAX);
    this.#selected = 0;
    this.#draw();
  }

  #mentionStart() {
    return MENTION_START.exec(this.#area.value.slice(0, this.#area.selectionStart));
  }

  #insert({ username }) {
    const match = this.#mentionStart();
    if (match) {
      const end = this.#area.selectionStart;
      this.#area.setRangeText(`${username} `, end - match[1].length, end, "end");
      this.#area.dispatchEvent(new Event("input"));
    }
    this.close();
  }

  #draw() {
    this.#list.hidden = this.#suggestions.length === 0;
    this.#list.replaceChildren(...this.#suggestions.map((user, index) => {
      const name = this.#store.displayName(user.user_id, user);
      return h("li", {
        id: `completion-${index}`, role: "option", "data-testid": "completion-item", "aria-selected": String(index === this.#selected),
        onmousedown: (event) => { event.preventDefault(); this.#insert(user); }, // before the composer loses focus
      }, avatar(user.user_id, name, { url: this.#store.avatarURL(user.user_id, user) }),
        h("span", { class: "names" }, h("b", { dir: "auto" }, name), h("small", {}, `@${user.username}`)));
    }));
    if (this.#suggestions.length) this.#area.setAttribute("aria-activedescendant", `completion-${this.#selected}`);
    else this.#area.removeAttribute("aria-activedescendant");
  }
}
