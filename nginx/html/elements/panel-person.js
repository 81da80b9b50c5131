// A person: who they are, whether they are here, and what the user may do: write, block, change their place in the room.

import { attribute, h, show, text } from "../parts/element.js";
import { whileBusy } from "./form.js";
import { memberActions } from "./member-rules.js";
import { PanelView } from "./panel-view.js";
import { nameOf, updatePersonFace } from "./person-row.js";
import { presenceWords } from "./presence-words.js";
import { problemText } from "./problem-text.js";
import { memberOf } from "./room-members.js";

/** The keys of the words and the names for the tests. */
const ACTIONS = {
  make_moderator: { label: "members.make_moderator", testId: "make-moderator", role: "moderator" },
  make_member: { label: "members.make_member", testId: "make-member", role: "member" },
  make_owner: { label: "members.make_owner", testId: "make-owner", role: "owner", question: "members.make_owner_question" },
  remove: { label: "members.remove", testId: "remove-member", question: "members.remove_question", isDangerous: true },
  ban: { label: "members.ban", testId: "ban-member", question: "members.ban_question", isDangerous: true },
};

export class PanelPerson extends PanelView {
  /** @param {any} context */
  static template({ texts: { t } }) {
    return [
      h("span", { class: "face large", part: "face" }),
      h("p", { class: "person-name", dir: "auto", part: "name", "data-testid": "user-name" }),
      h("p", { class: "hint", part: "username", "data-testid": "user-username" }),
      h("p", { dir: "auto", part: "status", "data-testid": "user-status" }),
      h("p", { class: "hint", part: "presence", "data-testid": "user-presence" }),
      h("p", { class: "hint", part: "role", "data-testid": "user-role" }),
      h("p", { class: "error", role: "alert", part: "error", "data-testid": "user-error" }),
      h(
        "div",
        { class: "panel-section panel-ends", part: "actions", hidden: true },
        h("button", { type: "button", class: "primary", part: "write", "data-testid": "user-write" }, t("user.write")),
        ...Object.entries(ACTIONS).map(([name, { label, testId, ...of }]) =>
          h(
            "button",
            { type: "button", class: "isDangerous" in of ? "danger" : null, part: name, "data-testid": testId, hidden: true },
            t(label),
          ),
        ),
        h("button", { type: "button", class: "danger", part: "block", hidden: true, "data-testid": "block" }, t("action.block")),
        h("button", { type: "button", part: "unblock", hidden: true, "data-testid": "unblock" }, t("action.unblock")),
      ),
    ];
  }

  /** @type {any} */ #person = null;
  /** @type {string | null} in the room, as far as known */ #role = null;
  /** @type {boolean | null} */ #isBlocked = null;

  connected() {
    const { parts, context } = this;
    this.dataset.testid = "user";
    this.listen(parts.write, "click", () => whileBusy(parts.write, () => context.actions.openDirect(this.#userId)));
    this.listen(parts.block, "click", () => this.#block());
    this.listen(parts.unblock, "click", () => this.#run(parts.unblock, () => context.api.unblock(this.#userId), "user.unblocked"));
    for (const name of /** @type {(keyof typeof ACTIONS)[]} */ (Object.keys(ACTIONS))) {
      this.listen(parts[name], "click", () => this.#changeMember(name));
    }
    this.watch("users", (deltas) => {
      if (deltas.some(({ user }) => user === null || user === this.#userId)) this.write(() => this.#draw());
    });
  }

  /** @param {any} data a user_id, or `{userId, user, role, roomId}` */
  open(data) {
    super.open(typeof data === "string" ? { userId: data } : data);
    this.#person = { ...this.data?.user, user_id: this.#userId };
    this.#role = this.data?.role ?? null;
    this.#isBlocked = null;
    text(this.parts.error, "");
    this.#draw();
    this.#load();
  }

  get heading() {
    return this.context.texts.t("panel.person");
  }

  get #userId() {
    return this.data?.userId ?? "";
  }

  get #isMe() {
    return this.#userId === this.context.store.me?.user_id;
  }

  // What is not known of them yet is shown when it comes.
  async #load() {
    const { api, texts, store } = this.context;
    const { data } = this;
    if (this.#isMe) return;
    try {
      const [profile, isBlocked, role] = await Promise.all([api.user(this.#userId), api.isBlocked(this.#userId), this.#findRole()]);
      if (data !== this.data) return;
      const { presence, last_seen_at, ...person } = profile;
      this.#person = person;
      this.#isBlocked = isBlocked;
      this.#role = role;
      if (!store.presence.has(person.user_id) && presence) this.#person.presence = { state: presence, last_seen_at };
    } catch (problem) {
      if (data === this.data) text(this.parts.error, problemText(texts, problem));
    }
    this.#draw();
  }

  // Who comes from a message has not said which place in the room its author has; only those who lead it may ask for more than the name.
  async #findRole() {
    const { room, roomId, data } = this;
    if (data.role || !room || memberActions(room, "member").length === 0) return data.role ?? null;
    const username = data.user?.username ?? this.context.store.users.get(this.#userId)?.username;
    if (!username) return null;
    const member = await memberOf(this.context.api, roomId, { user_id: this.#userId, username }).catch(() => null);
    return member?.role ?? null;
  }

  #draw() {
    const { parts, context } = this;
    const { store, texts } = context;
    const known = store.users.get(this.#userId) ?? {};
    const person = { ...this.#person, ...known, user_id: this.#userId };
    const presence = store.presence.get(this.#userId) ?? this.#person.presence;
    updatePersonFace(parts.face, context, person, presence?.state ?? null);
    text(parts.name, nameOf(context, person));
    text(parts.username, person.username ? `@${person.username}` : "");
    text(parts.status, person.status_text ?? "");
    text(parts.role, this.#role && this.#role !== "member" ? texts.t(`room.role_${this.#role}`) : "");
    text(parts.presence, presenceWords(presence, this.context));
    show(parts.actions, !this.#isMe && Boolean(person.username));
    const allowed = memberActions(this.room, this.#role);
    for (const name of /** @type {(keyof typeof ACTIONS)[]} */ (Object.keys(ACTIONS))) show(parts[name], allowed.includes(name));
    show(parts.block, this.#isBlocked === false);
    show(parts.unblock, this.#isBlocked === true);
    attribute(this, "data-user-id", this.#userId);
  }

  async #block() {
    const { api, dialogs, texts } = this.context;
    const question = texts.t("user.block_question", { name: nameOf(this.context, this.#person) });
    if (!(await dialogs.confirm(question, texts.t("action.block")))) return;
    await this.#run(this.parts.block, () => api.block(this.#userId), "user.blocked");
  }

  /** @param {keyof typeof ACTIONS} action */
  async #changeMember(action) {
    const { api, dialogs, store, texts } = this.context;
    const { roomId, room } = this;
    const userId = this.#userId;
    const of = ACTIONS[action];
    if ("question" in of) {
      const names = { name: nameOf(this.context, this.#person), room: room ? store.roomName(room) : "" };
      const options = { isDangerous: "isDangerous" in of };
      if (!(await dialogs.confirm(texts.t(of.question, names), texts.t(of.label), options))) return;
    }
    await this.#run(this.parts[action], () => {
      if ("role" in of) return api.putMember(roomId, userId, of.role);
      return action === "ban" ? api.ban(roomId, userId) : api.removeMember(roomId, userId);
    });
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {() => Promise<unknown>} run
   * @param {string} [said] the key of what is said when it is done
   */
  async #run(button, run, said) {
    const { texts, toasts } = this.context;
    text(this.parts.error, "");
    await whileBusy(button, async () => {
      try {
        await run();
        if (said) toasts.show(texts.t(said, { name: nameOf(this.context, this.#person) }));
        this.tell("panel-done");
      } catch (problem) {
        text(this.parts.error, problemText(texts, problem));
      }
    });
  }
}

customElements.define("echo-panel-person", PanelPerson);
