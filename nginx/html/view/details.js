// Shows who is in a room, adds people to a group, and leaves.

import { byId, h } from "./dom.js";
import { ask } from "./notes.js";
import { avatar, people } from "./text.js";

export class DetailsView {
  #store;
  #api;
  #roomId = null;

  constructor({ store, api }) {
    this.#store = store;
    this.#api = api;
    byId("details-leave").addEventListener("click", () => this.#leave());
    byId("details-add").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#add();
    });
  }

  open(roomId) {
    const room = this.#store.rooms.get(roomId);
    if (!room) return;
    this.#roomId = roomId;
    byId("details-title").textContent = this.#store.roomName(room);
    byId("details-topic").textContent = room.topic ?? "";
    byId("details-add").hidden = room.kind !== "group";
    byId("details-username").value = "";
    byId("details-leave").hidden = room.kind === "direct";
    byId("details-members").replaceChildren();
    byId("details").showModal();
    this.#list();
  }

  close() {
    if (byId("details").open) byId("details").close();
  }

  async #list() {
    const roomId = this.#roomId;
    this.#say("Loading…");
    try {
      const { items, next_cursor: more } = await this.#api.members(roomId);
      if (roomId !== this.#roomId) return;
      byId("details-members").replaceChildren(...items.map((member) => this.#member(member)));
      this.#say(`${people(this.#store.rooms.get(roomId)?.member_count ?? items.length)}${more ? ", of whom the first are shown" : ""}`);
    } catch (problem) {
      this.#say(problem.message);
    }
  }

  #member({ user, role }) {
    const name = this.#store.nameOf(user.user_id, user);
    return h("li", { "data-testid": "member", "data-user-id": user.user_id },
      avatar(user.user_id, name),
      h("span", { class: "names" }, h("b", { dir: "auto" }, name), h("small", {}, `@${user.username}`)),
      role !== "member" ? h("small", { class: "role" }, role) : null);
  }

  async #add() {
    const username = byId("details-username").value;
    if (!username.trim()) return;
    try {
      const user = await this.#api.userNamed(username);
      await this.#api.addMember(this.#roomId, user.user_id);
      byId("details-username").value = "";
      await this.#list();
    } catch (problem) {
      this.#say(problem.sentence ?? problem.message);
    }
  }

  async #leave() {
    const room = this.#store.rooms.get(this.#roomId);
    if (!room || !(await ask(`Leave “${this.#store.roomName(room)}”?`, "Leave"))) return;
    try {
      await this.#api.leave(room.room_id);
      this.#store.removeRoom(room.room_id);
      this.close();
      location.hash = "#/";
    } catch (problem) {
      this.#say(problem.message);
    }
  }

  #say(sentence) {
    byId("details-state").textContent = sentence;
  }
}
