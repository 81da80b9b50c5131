// The dialog that shows one user, with what the signed-in user may do: write, block, and manage their membership of a room.

import { errorText } from "../net/client.js";
import { avatar, presenceDot } from "./avatar.js";
import { confirm } from "./confirm.js";
import { byId, h } from "./dom.js";
import { presenceText } from "./format.js";
import { toast } from "./toast.js";

const RANKS = { member: 1, moderator: 2, owner: 3 };

export class UserView {
  #store;
  #api;
  #onWrite;
  #generation = 0; // a response for a user shown earlier is discarded

  /** `onWrite(user_id)` opens the direct room with a user. */
  constructor({ store, api, onWrite }) {
    this.#store = store;
    this.#api = api;
    this.#onWrite = onWrite;
  }

  /** With a `room` and the user's `role` in it, also offers the actions on their membership; `onChange` is called after one. */
  async open(user, { room = null, role = null, onChange = () => {} } = {}) {
    const generation = ++this.#generation;
    const { user_id: userId } = user;
    const name = this.#store.displayName(userId, user);
    byId("user-name").textContent = name;
    byId("user-avatar").replaceChildren(avatar(userId, name, { url: this.#store.avatarURL(userId, user) }));
    byId("user-username").textContent = `@${user.username}`;
    byId("user-status").textContent = user.status_text ?? "";
    byId("user-presence").textContent = "";
    byId("user-error").textContent = "";
    byId("user-actions").replaceChildren();
    byId("user").showModal();
    if (userId === this.#store.me.user_id) return;
    try {
      const [profile, isBlocked] = await Promise.all([this.#api.user(userId), this.#api.isBlocked(userId)]);
      if (generation !== this.#generation) return;
      byId("user-status").textContent = profile.status_text ?? "";
      const presence = { state: profile.presence, last_seen_at: profile.last_seen_at };
      byId("user-presence").replaceChildren(presenceText(presence), presenceDot(presence.state) ?? "");
      byId("user-actions").replaceChildren(
        this.#button("Send a message", "user-write", () => this.#onWrite(userId)),
        ...(room ? this.#membershipButtons(profile, room, role, onChange) : []),
        this.#blockButton(profile, isBlocked));
    } catch (problem) {
      if (generation === this.#generation) byId("user-error").textContent = errorText(problem);
    }
  }

  #membershipButtons(user, room, role, onChange) {
    if (room.kind === "direct" || !role) return [];
    const { user_id: userId } = user;
    const name = this.#store.displayName(userId, user);
    const myRank = RANKS[room.me?.role] ?? 0;
    const isOwner = room.me?.role === "owner";
    const mayRemove = RANKS[role] < myRank && myRank >= RANKS.moderator;
    const roomName = this.#store.roomName(room);
    const setRole = (newRole) => async () => { await this.#api.putMember(room.room_id, userId, newRole); onChange(); };
    const remove = async () => { await this.#api.removeMember(room.room_id, userId); onChange(); };
    const ban = async () => { await this.#api.ban(room.room_id, userId); onChange(); };
    return [
      isOwner && role === "member" ? this.#button("Make a moderator", "make-moderator", setRole("moderator")) : null,
      isOwner && role === "moderator" ? this.#button("Make a regular member", "make-member", setRole("member")) : null,
      isOwner && role !== "owner" ? this.#button("Make an owner", "make-owner", setRole("owner"),
        { question: `Make ${name} an owner of “${roomName}”? All owners have the same rights.` }) : null,
      mayRemove ? this.#button("Remove from the room", "remove-member", remove,
        { isDangerous: true, question: `Remove ${name} from “${roomName}”?`, yes: "Remove" }) : null,
      mayRemove ? this.#button("Ban from the room", "ban-member", ban,
        { isDangerous: true, question: `Remove ${name} from “${roomName}” and prevent them from joining again?`, yes: "Ban" }) : null,
    ].filter(Boolean);
  }

  #blockButton(user, isBlocked) {
    const { user_id: userId } = user;
    const name = this.#store.displayName(userId, user);
    if (isBlocked) {
      return this.#button("Unblock", "unblock", async () => { await this.#api.unblock(userId); toast(`${name} is no longer blocked.`); });
    }
    const question = `Block ${name}? You will not be able to send each other direct messages or see each other's presence.`;
    return this.#button("Block", "block", async () => { await this.#api.block(userId); toast(`${name} is blocked.`); },
      { isDangerous: true, question });
  }

  #button(label, testId, action, { isDangerous = false, question = null, yes = label } = {}) {
    return h("button", {
      type: "button", class: isDangerous ? "danger" : null, "data-testid": testId,
      onclick: async () => {
        if (question && !(await confirm(question, yes))) return;
        await this.#run(action);
      },
    }, label);
  }

  async #run(action) {
    try {
      await action();
      byId("user").close();
    } catch (problem) {
      byId("user-error").textContent = errorText(problem);
    }
  }
}
