// The dialog that creates a room: public, group, or direct with one user.

import { errorText, uuid } from "../net/client.js";
import { byId } from "./dom.js";

const HINTS = {
  group: "Usernames, separated by spaces. You can add more people later.",
  direct: "The username of the person to write to.",
};

export class CreateRoomView {
  #api;
  #onCreated;
  #lastRequest = { body: "", idempotencyKey: "" };

  /** `onCreated(room_id)` opens the new room; the dialog closes after it. */
  constructor({ api, onCreated }) {
    this.#api = api;
    this.#onCreated = onCreated;
    byId("create-room-open").addEventListener("click", () => this.#open());
    byId("create-room-form").addEventListener("change", () => this.#updateFields());
    byId("create-room-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#create();
    });
  }

  get #kind() {
    return new FormData(byId("create-room-form")).get("kind");
  }

  #open() {
    byId("create-room-form").reset();
    byId("create-room-error").textContent = "";
    this.#updateFields();
    byId("create-room").showModal();
    byId("create-room-name").focus();
  }

  #updateFields() {
    const kind = this.#kind;
    byId("create-room-name-field").hidden = kind === "direct";
    byId("create-room-members-field").hidden = kind === "public";
    byId("create-room-members-label").textContent = kind === "direct" ? "Username" : "People";
    byId("create-room-members-hint").textContent = HINTS[kind] ?? "";
    byId("create-room-submit").textContent = kind === "direct" ? "Open" : "Create";
  }

  async #create() {
    const kind = this.#kind;
    const name = byId("create-room-name").value.trim();
    const topic = byId("create-room-topic").value.trim();
    const usernames = kind === "public" ? [] : byId("create-room-members").value.split(/[\s,]+/).filter(Boolean);
    byId("create-room-error").textContent = "";
    if (kind !== "direct" && !name) return this.#showError("Give the room a name.", "create-room-name");
    if (kind === "direct" && usernames.length !== 1) return this.#showError("Enter one username.", "create-room-members");

    byId("create-room-submit").disabled = true;
    try {
      const members = [];
      for (const username of usernames) members.push((await this.#api.userByName(username)).user_id);
      const room = { kind, ...(members.length ? { members } : {}) };
      if (kind !== "direct") Object.assign(room, { name, ...(topic ? { topic } : {}) });
      // If the response is lost, submitting the same form again creates no second room.
      const body = JSON.stringify(room);
      if (body !== this.#lastRequest.body) this.#lastRequest = { body, idempotencyKey: uuid() };
      const created = await this.#api.createRoom(room, this.#lastRequest.idempotencyKey);
      this.#lastRequest = { body: "", idempotencyKey: "" };
      await this.#onCreated(created.room_id);
      byId("create-room").close();
    } catch (problem) {
      this.#showError(errorText(problem));
    } finally {
      byId("create-room-submit").disabled = false;
    }
  }

  #showError(text, fieldId) {
    byId("create-room-error").textContent = text;
    if (fieldId) byId(fieldId).focus();
  }
}
