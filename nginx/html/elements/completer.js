// Offers what completes the word at the caret of the composer: people of the room, rooms, and emoji by their names.

import { attribute, Element, h, show, text } from "../parts/element.js";
import { withTone } from "../parts/emoji.js";
import { KeyedList } from "../parts/list.js";
import { PeopleSource } from "./completer-people.js";
import { matchingRooms, roomLink, wantedAt } from "./completions.js";
import { rememberEmoji } from "./emoji-recent.js";
import { replaceText } from "./replace-text.js";

const SHOWN_MAX = 8;

/** @typedef {import("./completions.js").Person} Person */
/** @typedef {{ key: string, sign: string, name: string, detail: string, person: Person | null, insert: string }} Suggestion */

export class Completer extends Element {
  static count = 0;
  /** @type {HTMLTextAreaElement | null} */ #field = null;
  /** @type {string | null} */ #roomId = null;
  /** @type {import("./completions.js").Wanted | null} */ #wanted = null;
  /** @type {Suggestion[]} */ #suggestions = [];
  #selected = 0;
  /** @type {number | null} the place of the sign whose suggestions the user has closed */ #closedAt = null;
  /** @type {PeopleSource | null} */ #people = null;
  /** @type {import("../parts/emoji.js").EmojiNames | null} */ #emoji = null;
  /** @type {KeyedList<Suggestion> | null} */ #list = null;
  #id = `completer-${(Completer.count += 1)}`;

  static template() {
    return [h("ul", { part: "list", class: "completion", role: "listbox", "data-testid": "completion", hidden: true })];
  }

  connected() {
    this.parts.list.id = this.#id;
    this.#list ??= new KeyedList({ box: this.parts.list, key: ({ key }) => key, make: (each) => this.#item(each) });
    this.ending(() => this.#people?.stop());
    this.#people ??= new PeopleSource(this, { limit: SHOWN_MAX, onAnswer: () => this.#wanted?.kind === "person" && this.update() });
    this.listen(this.parts.list, "mousedown", (event) => event.preventDefault()); // the field keeps the focus
    this.listen(this.parts.list, "click", ({ target }) => {
      const item = target.closest("[role=option]");
      const suggestion = this.#suggestions.find(({ key }) => this.#list?.node(key) === item);
      if (suggestion) this.#take(suggestion);
    });
  }

  /** @param {HTMLTextAreaElement} field in which words are completed */
  attach(field) {
    this.#field = field;
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", this.#id);
    this.listen(field, "input", () => this.update());
    this.listen(field, "blur", () => this.close());
    this.listen(field, "click", () => this.#wanted && this.update());
  }

  /** @param {string | null} roomId whose members are offered */
  set roomId(roomId) {
    this.#roomId = roomId;
    this.#people?.open(roomId);
    this.close();
  }

  get isOpen() {
    return this.#suggestions.length > 0;
  }

  close() {
    this.#wanted = null;
    this.#people?.stop();
    this.#show([]);
  }

  /**
   * Takes a key that is meant for the suggestions; false if it is not.
   * @param {KeyboardEvent} event
   */
  keyPressed(event) {
    if (!this.isOpen || event.ctrlKey || event.altKey || event.metaKey) return false;
    const count = this.#suggestions.length;
    if (event.key === "ArrowDown") this.#select((this.#selected + 1) % count);
    else if (event.key === "ArrowUp") this.#select((this.#selected + count - 1) % count);
    else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey) this.#take(this.#suggestions[this.#selected]);
    else if (event.key === "Escape") {
      this.#closedAt = this.#wanted?.start ?? null;
      this.close();
    } else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  /** Looks at the word before the caret. */
  update() {
    const field = this.#field;
    if (!field || !this.#roomId) return;
    const wanted = field.selectionStart === field.selectionEnd ? wantedAt(field.value, field.selectionStart) : null;
    if (!wanted || wanted.start !== this.#closedAt) this.#closedAt = null;
    if (!wanted || this.#closedAt !== null) {
      if (this.#wanted || this.isOpen) this.close();
      return;
    }
    this.#wanted = wanted;
    if (wanted.kind === "person") this.#offerPeople(wanted.query);
    else if (wanted.kind === "room") this.#offerRooms(wanted.query);
    else this.#offerEmoji(wanted.query);
  }

  // ---- what is offered ----

  /** @param {string} query */
  #offerPeople(query) {
    const { store } = this.context;
    const found = /** @type {PeopleSource} */ (this.#people).find(query);
    this.#show(
      found.map((person) => ({
        ...{ key: person.user_id, sign: "", person, name: store.displayName(person.user_id, person) },
        ...{ detail: `@${person.username}`, insert: `@${person.username} ` },
      })),
    );
  }

  /** @param {string} query */
  #offerRooms(query) {
    const found = matchingRooms(query, this.context.store.roomsByActivity(), SHOWN_MAX);
    this.#show(
      found.map((room) => ({
        ...{ key: room.room_id, sign: "#", person: null, name: room.name ?? "", detail: room.topic ?? "" },
        insert: `${roomLink(room, this.context.site)} `,
      })),
    );
  }

  /** @param {string} query */
  async #offerEmoji(query) {
    if (!this.#emoji) {
      this.#emoji = await this.context.emoji().catch(() => null);
      if (this.#wanted?.kind === "emoji" && this.#emoji) this.update();
      return;
    }
    const tone = this.context.settings.get("emojiTone");
    this.#show(
      this.#emoji.search(query, SHOWN_MAX).map(({ emoji, name }) => {
        const toned = withTone(emoji, tone || null);
        return { key: emoji, sign: toned, person: null, name, detail: "", insert: `${toned} ` };
      }),
    );
  }

  // ---- what is shown ----

  /** @param {Suggestion[]} suggestions */
  #show(suggestions) {
    this.#suggestions = suggestions;
    this.#list?.set(suggestions);
    show(this.parts.list, suggestions.length > 0);
    const labels = { person: "composer.people", room: "sidebar.my_rooms", emoji: "composer.emoji_names" };
    if (this.#wanted) attribute(this.parts.list, "aria-label", this.context.texts.t(labels[this.#wanted.kind]));
    this.#select(0);
  }

  /** @param {number} index */
  #select(index) {
    this.#selected = index;
    for (const [place, { key }] of this.#suggestions.entries()) {
      const node = this.#list?.node(key);
      if (!node) continue;
      attribute(node, "aria-selected", String(place === index));
      if (place !== index) continue;
      if (this.#field) attribute(this.#field, "aria-activedescendant", node.id);
      node.scrollIntoView?.({ block: "nearest" });
    }
    if (this.#field && !this.isOpen) attribute(this.#field, "aria-activedescendant", null);
  }

  /** @param {Suggestion} suggestion */
  #item({ key, sign, name, detail, person }) {
    const face = person && { user: person.user_id, name, avatar: person.avatar_url };
    const picture = face ? h("echo-picture", face) : h("span", { class: "completion-sign" }, sign);
    const names = h("b", { class: "line", dir: "auto" });
    text(names, name);
    const attributes = { id: `${this.#id}-${encodeURIComponent(key)}`, role: "option", "data-testid": "completion-item" };
    return h("li", attributes, picture, names, detail ? h("small", { class: "line", dir: "auto" }, detail) : null);
  }

  /** @param {Suggestion} suggestion */
  #take({ insert, sign, person }) {
    const field = this.#field;
    const wanted = this.#wanted;
    if (!field || !wanted) return;
    this.close();
    if (wanted.kind === "emoji" && !person) rememberEmoji(this.context.settings, sign);
    replaceText(field, { from: wanted.start, to: field.selectionStart, insert });
  }
}

customElements.define("echo-completer", Completer);
