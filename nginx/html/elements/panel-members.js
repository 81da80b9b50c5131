// The members of a room: search among them, and for moderators the door for more.

import { h, show, text } from "../parts/element.js";
import { Roving } from "../parts/list.js";
import { whileBusy } from "./form.js";
import { isModerator } from "./member-rules.js";
import { PagedList, pagedListNodes } from "./paged-list.js";
import { PanelView } from "./panel-view.js";
import "./person-field.js";
import { handleLine, personRow, updatePersonRow } from "./person-row.js";
import { problemText } from "./problem-text.js";
import { memberOf, membersAmong } from "./room-members.js";

const SEARCH_AFTER_MS = 250;
const RELOAD_AFTER_MS = 500; // many may come at once

/** @typedef {import("../net/types.js").Member} Member */

export class PanelMembers extends PanelView {
  /** @param {any} context */
  static template({ texts }) {
    const { t } = texts;
    const search = {
      part: "search",
      type: "search",
      maxlength: 64,
      autocomplete: "off",
      placeholder: t("members.search"),
      "data-testid": "member-search",
    };
    return [
      h("div", { class: "panel-section" }, h("input", { ...search, "aria-label": t("members.search") })),
      h(
        "form",
        { class: "panel-section form-line", part: "add", hidden: true, novalidate: true },
        h("echo-person-field", { part: "person", name: "add-member", label: t("members.add") }),
        h("button", { part: "addButton", "data-testid": "add-member" }, t("action.add")),
      ),
      h("p", { class: "error", role: "alert", part: "error", "data-testid": "members-error" }),
      ...pagedListNodes(texts, { testId: "members", stateTestId: "members-state", label: t("panel.members") }),
    ];
  }

  /** @type {PagedList<Member> | undefined} */ #members;
  /** @type {(() => void) | null} */ #cancelTimer = null;
  #shown = ""; // the room and how many are in it

  connected() {
    const { parts, context } = this;
    const { t } = context.texts;
    this.#members ??= new PagedList({
      texts: context.texts,
      parts,
      key: ({ user }) => user.user_id,
      make: (member) => personRow(context, this.#rowOf(member), { testId: "member", onOpen: () => this.#openPerson(member.user.user_id) }),
      update: (node, member) => updatePersonRow(node, this.#rowOf(member)),
      empty: t("members.none"),
      describe: (count, hasMore) =>
        hasMore || parts.search.value ? "" : t("room.members", { n: Math.max(count, this.room?.member_count ?? 0) }),
    });
    const roving = new Roving({ box: parts.list, items: ".row-main" });
    this.ending(() => roving.disconnect());
    this.listen(parts.search, "input", () => this.#wait(SEARCH_AFTER_MS));
    this.listen(parts.add, "submit", (event) => {
      event.preventDefault();
      if (parts.person.value) this.#add(() => parts.person.named());
    });
    this.listen(parts.person, "found", ({ detail }) => this.#markMembers(detail));
    this.listen(parts.person, "choose", ({ detail }) => this.#add(() => detail));
    this.watch("rooms", (deltas) => {
      if (deltas.some(({ room }) => room === null || room === this.roomId)) this.write(() => this.#roomChanged());
    });
    this.watch("users", () => this.write(() => this.#members?.draw()));
  }

  /** @param {any} data */
  open(data) {
    super.open(data);
    if (this.#shown === this.#state) return;
    this.parts.search.value = "";
    this.parts.person.clear();
    text(this.parts.error, "");
    this.#drawRoom();
    this.#load(false);
  }

  get heading() {
    return this.room ? this.context.store.roomName(this.room) : "";
  }

  get #state() {
    return `${this.roomId} ${this.room?.member_count}`;
  }

  #drawRoom() {
    this.#shown = this.#state;
    show(this.parts.add, isModerator(this.room));
    this.titleChanged();
  }

  #roomChanged() {
    if (!this.room) return;
    const before = this.#shown;
    this.#drawRoom();
    if (this.#shown !== before) this.#wait(RELOAD_AFTER_MS);
  }

  /** @param {number} ms */
  #wait(ms) {
    this.#cancelTimer?.();
    this.#cancelTimer = this.later(ms, () => this.#load(true));
  }

  /** @param {boolean} keep */
  #load(keep) {
    const { roomId } = this;
    const q = this.parts.search.value.trim() || undefined;
    this.#members?.pager.start((cursor, signal) => this.context.api.members(roomId, { q, cursor }, { signal }), { keep });
  }

  /** @param {Member} member */
  #rowOf({ user, role }) {
    const { t } = this.context.texts;
    const person = this.context.store.users.get(user.user_id) ?? user;
    return {
      person: { ...user, ...person },
      note: handleLine({ ...user, ...person }),
      label: role === "member" ? "" : t(`room.role_${role}`),
    };
  }

  /** @param {string} userId */
  #openPerson(userId) {
    const member = this.#members?.pager.items.find(({ user }) => user.user_id === userId);
    if (member) this.context.panel.open("person", { userId, user: member.user, role: member.role, roomId: this.roomId });
  }

  // Who is here already is not added once more: that would give them the place of a regular member.
  async #markMembers(/** @type {any[]} */ people) {
    const { api, texts } = this.context;
    const { person } = this.parts;
    const q = person.value;
    if (people.length === 0) return;
    const here = await membersAmong(api, this.roomId, q).catch(() => null);
    if (!here || person.value !== q) return;
    person.label = (/** @type {any} */ { user_id: userId }) => (here.has(userId) ? texts.t("members.already") : "");
  }

  /** @param {() => any} find the person, who may not exist */
  async #add(find) {
    const { parts, context } = this;
    const { api, texts, toasts } = context;
    const { roomId } = this;
    text(parts.error, "");
    await whileBusy(parts.addButton, async () => {
      try {
        const person = await find();
        const name = person.display_name || person.username;
        if (await memberOf(api, roomId, person)) return text(parts.error, texts.t("members.already_here", { name }));
        const answer = await api.putMember(roomId, person.user_id, "member");
        toasts.show(texts.t(answer?.invited ? "members.invited" : "members.added", { name }));
        parts.person.clear();
        if (roomId === this.roomId) await this.#members?.pager.reload();
      } catch (/** @type {any} */ problem) {
        text(parts.error, problem.code === "no_such_user" ? texts.t("people.none") : problemText(texts, problem));
      }
    });
  }
}

customElements.define("echo-panel-members", PanelMembers);
