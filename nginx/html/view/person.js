// Shows one person: who she is, whether she is here, and what I may do about her, in general and in a room.

import { byId, h } from "./dom.js";
import { ask, note } from "./notes.js";
import { avatar, presenceDot, presenceWords } from "./text.js";

const RANKS = { member: 1, moderator: 2, owner: 3 };

export class PersonView {
  #store;
  #api;
  #onWrite;
  #shown = 0; // an answer about somebody shown before must not be drawn

  /** `onWrite(user_id)` opens the direct room with somebody. */
  constructor({ store, api, onWrite }) {
    this.#store = store;
    this.#api = api;
    this.#onWrite = onWrite;
  }

  /** With `room` and her `role` in it, also what may be done there; `onChange` is called after it was. */
  async open(user, { room = null, role = null, onChange = () => {} } = {}) {
    const shown = ++this.#shown;
    const { user_id: userId } = user;
    const name = this.#store.nameOf(userId, user);
    byId("person-name").textContent = name;
    byId("person-avatar").replaceChildren(avatar(userId, name));
    byId("person-username").textContent = `@${user.username}`;
    byId("person-status").textContent = user.status_text ?? "";
    byId("person-presence").textContent = "";
    byId("person-error").textContent = "";
    byId("person-actions").replaceChildren();
    byId("person").showModal();
    if (userId === this.#store.me.user_id) return;
    try {
      const [found, isBlocked] = await Promise.all([this.#api.user(userId), this.#api.isBlocked(userId)]);
      if (shown !== this.#shown) return;
      byId("person-status").textContent = found.status_text ?? "";
      const presence = { state: found.presence, last_seen_at: found.last_seen_at };
      byId("person-presence").replaceChildren(presenceWords(presence), presenceDot(presence.state) ?? "");
      byId("person-actions").replaceChildren(...this.#actions(found, isBlocked, room, role, onChange));
    } catch (problem) {
      if (shown === this.#shown) byId("person-error").textContent = problem.sentence ?? problem.message;
    }
  }

  #actions(user, isBlocked, room, role, onChange) {
    const { user_id: userId } = user;
    const name = this.#store.nameOf(userId, user);
    const isBelowMe = room && role && RANKS[role] < (RANKS[room.me?.role] ?? 0);
    const mayRemove = isBelowMe && RANKS[room.me.role] >= RANKS.moderator && room.kind !== "direct";
    const where = room ? this.#store.roomName(room) : "";
    const action = (words, testId, act, { danger = false, question = null, yes = words } = {}) =>
      h("button", {
        type: "button", class: danger ? "danger" : null, "data-testid": testId,
        onclick: async () => {
          if (question && !(await ask(question, yes))) return;
          await this.#do(act);
        },
      }, words);
    const giveRole = (to) => async () => { await this.#api.putMember(room.room_id, userId, to); onChange(); };
    const isOwner = room?.me?.role === "owner" && role && room.kind !== "direct";
    return [
      action("Send a message", "person-write", () => this.#onWrite(userId)),
      isOwner && role === "member" ? action("Make a moderator", "make-moderator", giveRole("moderator")) : null,
      isOwner && role === "moderator" ? action("Make a plain member", "make-member", giveRole("member")) : null,
      isOwner && role !== "owner" ? action("Make an owner", "make-owner", giveRole("owner"), { question: `Make ${name} an owner of “${where}”? Owners have equal rights.` }) : null,
      mayRemove ? action("Remove from the room", "remove-member", async () => { await this.#api.removeMember(room.room_id, userId); onChange(); },
        { danger: true, question: `Remove ${name} from “${where}”?`, yes: "Remove" }) : null,
      mayRemove ? action("Ban from the room", "ban-member", async () => { await this.#api.ban(room.room_id, userId); onChange(); },
        { danger: true, question: `Remove ${name} from “${where}” and keep them out?`, yes: "Ban" }) : null,
      isBlocked
        ? action("Unblock", "unblock", async () => { await this.#api.unblock(userId); note(`${name} is no longer blocked.`); })
        : action("Block", "block", async () => { await this.#api.block(userId); note(`${name} is blocked.`); },
          { danger: true, question: `Block ${name}? Neither of you can write to the other directly, nor see whether the other is here.` }),
    ].filter(Boolean);
  }

  async #do(act) {
    try {
      await act();
      byId("person").close();
    } catch (problem) {
      byId("person-error").textContent = problem.sentence ?? problem.message;
    }
  }
}
