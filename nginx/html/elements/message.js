// The element <echo-message>: one message of a timeline. Each part is updated in place: what has the focus or is selected stays.

import { attribute, Element, focused, h, text, toggle } from "../parts/element.js";
import "./media.js";
import { updateAuthor } from "./message-author.js";
import { updateContent, updateQuote } from "./message-content.js";
import { updateFiles } from "./message-files.js";
import { updateMarks } from "./message-marks.js";
import { updateReactions } from "./message-reactions.js";
import "./picture.js";

/**
 * @typedef {import("./timeline-rows.js").ShownMessage} ShownMessage
 * @typedef {import("../state/member-marks.js").Delivery} Delivery
 *
 * @typedef {object} View what the parts of a message are made of
 * @property {ShownMessage} message
 * @property {boolean} isGrouped below the heading of the message before it
 * @property {Delivery | null} delivery how far it has come, if it says so
 * @property {any} room as the store has it, or as it was looked at
 * @property {any} context of the app
 */

const SLOTS = /** @type {const} */ (["head", "quote", "content", "files", "reactions", "marks"]);
/** @typedef {typeof SLOTS[number]} Slot */

let count = 0;

export class Message extends Element {
  /** @type {View | null} */ #view = null;
  /** @type {Partial<Record<Slot, HTMLElement>>} */ #slots = {};

  static template() {
    return [
      h("div", { part: "side", class: "message-side" }),
      h("div", { part: "body", class: "message-body" }, h("span", { part: "label", class: "visually-hidden" })),
    ];
  }

  /** The message that is shown. */
  get message() {
    return this.#view?.message ?? null;
  }

  get view() {
    return this.#view;
  }

  /**
   * Shows a message, or changes what is shown of it.
   * @param {Partial<View>} change
   */
  show(change) {
    this.#view = /** @type {View} */ ({ isGrouped: false, delivery: null, ...this.#view, ...change });
    if (this.isConnected) this.update();
  }

  connected() {
    if (!this.parts.label.id) this.parts.label.id = `message-label-${(count += 1)}`;
    if (this.#view) this.update();
  }

  /** Draws again what other parts of the state say of it: names, pictures, what it answers to. */
  update() {
    const view = /** @type {View} */ (this.#view);
    const { message, isGrouped, context } = view;
    const { store, texts } = context;
    const myId = store.me.user_id;
    const isUnsent = message.state !== undefined;

    toggle(this, "message", true);
    toggle(this, "mine", message.user_id === myId);
    toggle(this, "grouped", isGrouped);
    toggle(this, "mentions-me", !message.deleted && (message.mentions ?? []).includes(myId));
    attribute(this, "role", "article");
    attribute(this, "data-testid", "message");
    attribute(this, "data-seq", message.seq);
    attribute(this, "data-client-id", message.client_id);
    attribute(this, "data-user-id", message.user_id);
    attribute(this, "data-state", message.deleted ? "deleted" : (message.state ?? "sent"));
    attribute(this, "aria-posinset", isUnsent ? null : message.seq);
    attribute(this, "aria-setsize", isUnsent ? null : -1);

    const name = store.displayName(message.user_id, message) || texts.t("names.deleted_user");
    text(this.parts.label, texts.t("message.tools", { name, time: texts.dates.time(message.created_at) }));
    updateAuthor(this, view, name);
    updateQuote(this, view);
    updateContent(this, view);
    updateFiles(this, view);
    updateReactions(this, view);
    updateMarks(this, view);
    const read = this.#slots.content ?? this.#slots.files;
    if (read && !read.id) read.id = this.parts.label.id.replace("label", "words");
    attribute(this, "aria-labelledby", read ? `${this.parts.label.id} ${read.id}` : this.parts.label.id);
  }

  /**
   * The node of a part, made when it is first needed; there it stays in its place among the others.
   * @param {Slot} name
   * @param {() => HTMLElement} make
   */
  slotFor(name, make) {
    const there = this.#slots[name];
    if (there) return there;
    const made = make();
    const next = SLOTS.slice(SLOTS.indexOf(name) + 1).find((other) => this.#slots[other]);
    this.parts.body.insertBefore(made, next ? /** @type {Node} */ (this.#slots[next]) : null);
    this.#slots[name] = made;
    return made;
  }

  /**
   * Takes a part away.
   * @param {Slot} name
   */
  removeSlot(name) {
    const hadFocus = this.#slots[name]?.contains(focused(this));
    this.#slots[name]?.remove();
    if (hadFocus) this.focus({ preventScroll: true });
    delete this.#slots[name];
  }

  /** @param {Slot} name */
  slotOf(name) {
    return this.#slots[name] ?? null;
  }
}

customElements.define("echo-message", Message);
