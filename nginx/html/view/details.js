// The dialog with a room's details: its members, the user's notification settings, and what moderators and owners may change.

import { errorText } from "../net/client.js";
import { avatar, presenceDot } from "./avatar.js";
import { confirm } from "./confirm.js";
import { byId, h } from "./dom.js";
import { fullTime, memberCount } from "./format.js";
import { InvitesView } from "./invites.js";
import { ModerationView } from "./moderation.js";
import { paginate } from "./pagination.js";

const HOUR_MS = 3_600_000;

export class DetailsView {
  #store;
  #api;
  #user;
  #invites;
  #moderation;
  #roomId = null;

  /** `user` is the UserView that shows a member. */
  constructor({ store, api, user }) {
    this.#store = store;
    this.#api = api;
    this.#user = user;
    this.#invites = new InvitesView({ api });
    this.#moderation = new ModerationView({
      store, api,
      onAction: (action) => this.#change(action),
      onMessageOpened: () => this.close(),
      onError: (problem) => this.#showStatus(errorText(problem)),
    });
    store.on("rooms", () => byId("details").open && this.#drawRoom());
    byId("details-leave").addEventListener("click", () => this.#leave());
    byId("details-delete").addEventListener("click", () => this.#delete());
    byId("details-level").addEventListener("change", (event) => this.#setNotificationSettings({ level: event.target.value }));
    byId("details-mute").addEventListener("change", (event) => this.#mute(event.target.value));
    byId("details-add").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#addMember();
    });
    byId("details-edit").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#saveRoom();
    });
  }

  get #room() {
    return this.#store.rooms.get(this.#roomId);
  }

  get #isModerator() {
    return this.#room?.kind !== "direct" && ["owner", "moderator"].includes(this.#room?.me?.role);
  }

  open(roomId) {
    this.#roomId = roomId;
    if (!this.#room) return;
    byId("details-username").value = "";
    byId("details-name").value = this.#room.name ?? "";
    byId("details-new-topic").value = this.#room.topic ?? "";
    byId("details-change").open = false;
    byId("details-members").replaceChildren();
    this.#moderation.clear();
    this.#drawRoom();
    byId("details").showModal();
    this.#invites.open(this.#isModerator ? roomId : null);
    this.#loadLists();
  }

  close() {
    if (byId("details").open) byId("details").close();
  }

  #drawRoom() {
    const room = this.#room;
    if (!room) return;
    const { notify: level = "all", muted_until: mutedUntil } = room.me ?? {};
    const isMuted = Boolean(mutedUntil && new Date(mutedUntil) > new Date());
    byId("details-title").textContent = this.#store.roomName(room);
    byId("details-topic").textContent = room.topic ?? "";
    byId("details-level").value = level;
    byId("details-mute").value = isMuted ? "muted" : "";
    byId("details-muted").hidden = !isMuted;
    byId("details-muted").textContent = isMuted ? `Muted until ${fullTime(mutedUntil)}` : "";
    byId("details-add").hidden = byId("details-change").hidden = !this.#isModerator;
    byId("details-leave").hidden = room.kind === "direct";
    byId("details-delete").hidden = room.kind === "direct" || room.me?.role !== "owner";
  }

  async #loadLists() {
    const roomId = this.#roomId;
    this.#showStatus("Loading…");
    try {
      const page = await this.#api.members(roomId);
      if (roomId !== this.#roomId) return;
      paginate(byId("details-members"), page, {
        load: (cursor) => this.#api.members(roomId, { cursor }),
        render: (member) => this.#member(member),
        onError: (problem) => this.#showStatus(errorText(problem)),
      });
      this.#showStatus(memberCount(this.#room?.member_count ?? page.items.length));
      if (this.#isModerator) await this.#moderation.load(roomId, () => roomId === this.#roomId);
    } catch (problem) {
      this.#showStatus(errorText(problem));
    }
  }

  #member({ user, role }) {
    const name = this.#store.displayName(user.user_id, user);
    return h("li", { "data-testid": "member", "data-user-id": user.user_id },
      h("button", {
        type: "button", class: "user-button", "aria-label": `${name}, ${role}`, "data-testid": "member-open",
        onclick: () => this.#user.open(user, { room: this.#room, role, onChange: () => this.#loadLists() }),
      },
        avatar(user.user_id, name, { url: this.#store.avatarURL(user.user_id, user) }),
        h("span", { class: "names" },
          h("b", { dir: "auto" }, name, presenceDot(this.#store.presence.get(user.user_id)?.state)),
          h("small", { dir: "auto" }, [`@${user.username}`, user.status_text].filter(Boolean).join(" · "))),
        role !== "member" ? h("small", { class: "role", "data-testid": "role" }, role) : null));
  }

  // ---- changes ----

  async #addMember() {
    const username = byId("details-username").value;
    if (!username.trim()) return;
    await this.#change(async () => {
      const user = await this.#api.userByName(username);
      await this.#api.putMember(this.#roomId, user.user_id, "member");
      byId("details-username").value = "";
    });
  }

  async #saveRoom() {
    await this.#change(async () => {
      this.#store.updateRoom(await this.#api.updateRoom(this.#roomId, {
        name: byId("details-name").value.trim(), topic: byId("details-new-topic").value.trim(),
      }));
      byId("details-change").open = false;
    });
  }

  #mute(choice) {
    if (choice === "muted") return;
    const until = choice ? new Date(Date.now() + Number(choice) * HOUR_MS).toISOString() : null;
    this.#setNotificationSettings({ muted_until: until });
  }

  async #setNotificationSettings(settings) {
    const { room_id: roomId, me } = this.#room;
    try {
      const { notify, muted_until } = await this.#api.setNotificationSettings(roomId, settings);
      Object.assign(me, { notify, muted_until });
    } catch (problem) {
      this.#showStatus(errorText(problem));
    }
    this.#store.notify("rooms"); // after an error this also redraws the old settings
  }

  async #leave() {
    const room = this.#room;
    if (!room || !(await confirm(`Leave “${this.#store.roomName(room)}”?`, "Leave"))) return;
    await this.#endMembership(room, () => this.#api.leaveRoom(room.room_id));
  }

  async #delete() {
    const room = this.#room;
    if (!room || !(await confirm(`Delete “${this.#store.roomName(room)}” and all its messages for everyone?`, "Delete"))) return;
    await this.#endMembership(room, () => this.#api.deleteRoom(room.room_id));
  }

  async #endMembership(room, action) {
    try {
      await action();
      this.#store.removeRoom(room.room_id);
      this.close();
      location.hash = "#/";
    } catch (problem) {
      this.#showStatus(errorText(problem));
    }
  }

  async #change(action) {
    try {
      await action();
      await this.#loadLists();
    } catch (problem) {
      this.#showStatus(errorText(problem));
    }
  }

  #showStatus(text) {
    byId("details-state").textContent = text;
  }
}
