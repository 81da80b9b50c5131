// Makes a new room: public, group, or direct with one person.

import { uuid } from "../net/client.js";
import { byId } from "./dom.js";

const HINTS = {
  group: "Usernames, separated by spaces. You can add more people later.",
  direct: "The username of the person to write to.",
};

export class CreationView {
  #api;
  #onCreated;
  #sent = { body: "", key: "" };

  constructor({ api, onCreated }) {
    this.#api = api;
    this.#onCreated = onCreated;
    byId("create").addEventListener("click", () => this.#open());
    byId("creation-form").addEventListener("change", () => this.#arrange());
    byId("creation-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#create();
    });
  }

  get #kind() {
    return new FormData(byId("creation-form")).get("kind");
  }

  #open() {
    byId("creation-form").reset();
    byId("creation-error").textContent = "";
    this.#arrange();
    byId("creation").showModal();
    byId("creation-name").focus();
  }

  #arrange() {
    const kind = this.#kind;
    byId("creation-name-field").hidden = kind === "direct";
    byId("creation-people-field").hidden = kind === "public";
    byId("creation-people-label").textContent = kind === "direct" ? "Username" : "People";
    byId("creation-people-hint").textContent = HINTS[kind] ?? "";
    byId("creation-submit").textContent = kind === "direct" ? "Open" : "Create";
  }

  async #create() {
    const kind = this.#kind;
    const name = byId("creation-name").value.trim();
    const topic = byId("creation-topic").value.trim();
    const names = kind === "public" ? [] : byId("creation-people").value.split(/[\s,]+/).filter(Boolean);
    byId("creation-error").textContent = "";
    if (kind !== "direct" && !name) return this.#complain("Give the room a name.", "creation-name");
    if (kind === "direct" && names.length !== 1) return this.#complain("Enter one username.", "creation-people");

    byId("creation-submit").disabled = true;
    try {
      const members = [];
      for (const username of names) members.push((await this.#api.userNamed(username)).user_id);
      const room = kind === "direct" ? { kind, members } : { kind, name, ...(topic ? { topic } : {}), ...(members.length ? { members } : {}) };
      // The same form sent twice, because the first answer was lost, is to make one room.
      const body = JSON.stringify(room);
      if (body !== this.#sent.body) this.#sent = { body, key: uuid() };
      const made = await this.#api.createRoom(room, this.#sent.key);
      this.#sent = { body: "", key: "" };
      await this.#onCreated(made.room_id);
      byId("creation").close();
    } catch (problem) {
      this.#complain(problem.sentence ?? problem.message);
    } finally {
      byId("creation-submit").disabled = false;
    }
  }

  #complain(sentence, field) {
    byId("creation-error").textContent = sentence;
    if (field) byId(field).focus();
  }
}
