// The catch-up view: everything unread, room after room, and the keys to get through it.

import { Element, focused, h, icon, show, text } from "../parts/element.js";
import { KeyedList } from "../parts/list.js";
import { CatchUpRoom } from "./catch-up-room.js";
import { needsReading } from "./room-summary.js";

const EDITABLE = "input, textarea, select, [contenteditable]";

/** @typedef {import("../state/types.js").Room} Room */

/** `echo-catch-up`. A room that is read stays as long as the view is open: it does not move away, and can be taken back. */
export class CatchUp extends Element {
  /** @type {KeyedList<Room>} */ #list = /** @type {any} */ (null);
  /** @type {Map<string, number>} room_id → the first unread message when it came into the view */ #first = new Map();

  /** @param {any} context */
  static template({ texts: { t } }) {
    return [
      h(
        "header",
        { class: "catch-up-top" },
        h("a", { class: "icon-button button back", href: "#/", "aria-label": t("room.back"), "data-testid": "back" }, icon("back")),
        h("h1", { tabindex: "-1", part: "title", "data-testid": "catch-up" }, t("catch_up.title")),
        h("p", { class: "hint", role: "status", part: "count", "data-testid": "catch-up-count" }),
        h("p", { class: "hint catch-up-keys" }, t("catch_up.keys")),
      ),
      h(
        "div",
        { class: "scroller catch-up-scroll" },
        h("div", { class: "catch-up-rooms", part: "rooms" }),
        h("p", { class: "catch-up-done", part: "done", hidden: true, "data-testid": "catch-up-done" }, t("catch_up.done")),
      ),
    ];
  }

  connected() {
    this.#list = new KeyedList({ box: this.parts.rooms, key: ({ room_id: roomId }) => roomId, make: (room) => this.#make(room) });
    this.listen(document, "keydown", (event) => this.#keyPressed(event));
    this.watch("rooms", () => this.write(() => this.#draw()));
    this.#first.clear();
    this.#draw();
    this.parts.title.focus({ preventScroll: true });
  }

  disconnected() {
    this.#list.clear();
  }

  #draw() {
    const { store, texts } = this.context;
    const isNews = (/** @type {Room} */ room) => needsReading(room, store);
    for (const room of store.roomsByActivity()) {
      if (isNews(room) && !this.#first.has(room.room_id)) this.#first.set(room.room_id, store.firstUnread(room) ?? room.last_seq);
    }
    // In the order in which they came: nothing moves while one reads.
    const rooms = [...this.#first.keys()].map((roomId) => store.rooms.get(roomId)).filter((room) => room !== undefined);
    this.#list.set(/** @type {Room[]} */ (rooms));
    const left = rooms.filter((room) => isNews(/** @type {Room} */ (room))).length;
    text(this.parts.count, left ? texts.t("catch_up.count", { n: left }) : "");
    show(this.parts.done, left === 0);
  }

  /** @param {Room} room */
  #make({ room_id: roomId }) {
    const node = new CatchUpRoom();
    node.roomId = roomId;
    node.firstSeq = this.#first.get(roomId) ?? 1;
    node.tabIndex = 0;
    return node;
  }

  // ---- the keys ----

  /** @returns {CatchUpRoom[]} */
  get #cards() {
    return /** @type {CatchUpRoom[]} */ ([...this.parts.rooms.children]);
  }

  /** The card with the focus; the first one if there is none. */
  get #current() {
    const focus = focused(this);
    return this.#cards.find((card) => card.contains(focus)) ?? null;
  }

  /** @param {KeyboardEvent} event */
  #keyPressed(event) {
    const { key, target, ctrlKey, altKey, metaKey, isComposing, defaultPrevented } = event;
    if (ctrlKey || altKey || metaKey || isComposing || defaultPrevented) return;
    if (target instanceof HTMLElement && target.closest(`${EDITABLE}, dialog, [role=menu]`)) return;
    const run = this.#runOf(key.toLowerCase());
    if (!run) return;
    event.preventDefault();
    run();
  }

  /**
   * @param {string} key
   * @returns {(() => void) | null}
   */
  #runOf(key) {
    const card = this.#current;
    if (key === "j") return () => this.#go(1);
    if (key === "k") return () => this.#go(-1);
    if (!card) return null;
    if (key === "e")
      return () => {
        card.markRead();
        this.#go(1);
      };
    if (key === "u") return () => card.markUnread();
    if (key === "r") return () => card.reply();
    if (key === "enter" && focused(card) === card) return () => this.context.route.open(card.roomId);
    return null;
  }

  /** @param {1 | -1} step */
  #go(step) {
    const cards = this.#cards;
    const at = this.#current ? cards.indexOf(this.#current) + step : step > 0 ? 0 : cards.length - 1;
    const next = cards[Math.max(0, Math.min(at, cards.length - 1))];
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: "nearest" });
  }
}

customElements.define("echo-catch-up", CatchUp);
