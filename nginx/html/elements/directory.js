// The public rooms: searched, looked into and joined.

import { Element, h, icon, show, text } from "../parts/element.js";
import { KeyedList } from "../parts/list.js";
import { problemText } from "./problem-text.js";
import { faceNode, updateFace } from "./room-face.js";
import { closeDialog } from "./sidebar-doors.js";

const SEARCH_AFTER_MS = 250;

/** @typedef {import("../state/types.js").Room} Room */

/** `echo-directory` */
export class Directory extends Element {
  /** @type {Room[]} */ #rooms = [];
  /** @type {string | null} */ #cursor = null;
  /** @type {AbortController | null} */ #asking = null;
  /** @type {(() => void) | null} */ #cancelSearch = null;
  /** @type {KeyedList<Room>} */ #list = /** @type {any} */ (null);

  /** @param {any} context */
  static template({ texts: { t } }) {
    return [
      h(
        "div",
        { class: "dialog-head" },
        h("h2", {}, t("directory.title")),
        h(
          "button",
          { type: "button", class: "icon-button", part: "close", "aria-label": t("action.close"), "data-testid": "close-directory" },
          icon("close"),
        ),
      ),
      h("input", {
        type: "search",
        part: "input",
        "data-testid": "directory-search",
        "aria-label": t("directory.search"),
        placeholder: t("directory.search"),
        autocomplete: "off",
        enterkeyhint: "search",
      }),
      h("p", { class: "hint", role: "status", part: "state", "data-testid": "directory-state" }),
      h("ul", { role: "list", class: "directory-list", part: "list", "data-testid": "directory-list" }),
      h("button", { type: "button", part: "more", hidden: true, "data-testid": "directory-more" }, t("action.show_more")),
    ];
  }

  connected() {
    const { close, input, more, list } = this.parts;
    this.setAttribute("data-testid", "directory");
    this.#list = new KeyedList({
      box: list,
      key: ({ room_id: roomId }) => roomId,
      make: (room) => this.#item(room),
      update: (node, room) => this.#update(node, room),
    });
    this.listen(close, "click", () => closeDialog(this));
    this.listen(more, "click", () => this.#search(this.#cursor));
    this.listen(input, "input", () => {
      this.#cancelSearch?.();
      this.#cancelSearch = this.later(SEARCH_AFTER_MS, () => this.#search());
    });
    this.watch("rooms", () => this.#list.set(this.#rooms)); // one that was joined, here or elsewhere
    this.ending(() => this.#asking?.abort());
    input.focus();
    this.#search();
  }

  /** @param {string | null} cursor */
  async #search(cursor = null) {
    const { input, state, more } = this.parts;
    const { api, texts } = this.context;
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    text(state, texts.t("state.searching"));
    show(more, false);
    try {
      const page = await api.publicRooms({ q: input.value.trim(), cursor }, { signal: asking.signal });
      if (asking.signal.aborted) return;
      const known = cursor ? this.#rooms : [];
      const ids = new Set(known.map(({ room_id: roomId }) => roomId));
      this.#rooms = [...known, ...page.items.filter((/** @type {Room} */ room) => !ids.has(room.room_id))];
      this.#list.set(this.#rooms);
      this.#cursor = page.next_cursor ?? null;
      text(state, this.#rooms.length ? "" : texts.t("directory.none"));
      show(more, this.#cursor !== null);
    } catch (problem) {
      if (!asking.signal.aborted) text(state, problemText(texts, problem));
    }
  }

  /** @param {Room} room */
  #item(room) {
    /** @type {HTMLElement} */
    const node = h(
      "li",
      { class: "directory-item", "data-testid": "directory-item", "data-room-id": room.room_id },
      faceNode(),
      h(
        "a",
        { class: "directory-names", href: `#/room/${room.room_id}`, "data-testid": "directory-look", onclick: () => closeDialog(this) },
        h("span", { class: "line choice-name", dir: "auto" }),
        h("span", { class: "line choice-hint", dir: "auto" }),
      ),
      h("button", { type: "button", onclick: () => this.#join(room.room_id, node) }),
    );
    this.#update(node, room);
    return node;
  }

  /**
   * @param {HTMLElement} node
   * @param {Room} room
   */
  #update(node, room) {
    const { store, texts } = this.context;
    const name = room.name ?? "";
    const isMember = store.rooms.has(room.room_id);
    const button = /** @type {HTMLButtonElement} */ (node.querySelector("button"));
    updateFace(/** @type {HTMLElement} */ (node.firstElementChild), { name, kind: "public" }, texts);
    text(/** @type {Node} */ (node.querySelector(".choice-name")), name);
    const hint = [texts.t("room.members", { n: room.member_count ?? 0 }), room.topic].filter(Boolean).join(" · ");
    text(/** @type {Node} */ (node.querySelector(".choice-hint")), hint);
    const action = texts.t(isMember ? "action.open" : "action.join");
    text(button, action);
    button.classList.toggle("primary", !isMember);
    button.setAttribute("data-testid", isMember ? "open-room" : "join-room");
    button.setAttribute("aria-label", `${action}: ${name}`);
  }

  /**
   * @param {string} roomId
   * @param {HTMLElement} node
   */
  async #join(roomId, node) {
    const { api, store, actions, texts } = this.context;
    const button = /** @type {HTMLButtonElement} */ (node.querySelector("button"));
    button.disabled = true;
    try {
      if (!store.rooms.has(roomId)) await api.joinRoom(roomId);
      await actions.openRoom(roomId);
      closeDialog(this);
    } catch (problem) {
      text(this.parts.state, problemText(texts, problem));
    } finally {
      button.disabled = false;
    }
  }
}

customElements.define("echo-directory", Directory);
