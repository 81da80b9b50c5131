// The list of the user's rooms in sections, as one stop of the Tab key.

import { Element, h, toggle } from "../parts/element.js";
import { KeyedList, Roving } from "../parts/list.js";
import { Sight } from "../parts/sight.js";
import { isPhone } from "./floating-menu.js";
import { onLongPress } from "./room-menu.js";
import { RoomRow } from "./room-row.js";
import { itemsOf, nextUnread, sectionsOf } from "./room-sections.js";
import { needsReading } from "./room-summary.js";
import { SectionHead } from "./section-head.js";

/** @typedef {import("../state/types.js").Room} Room */
/** @typedef {import("./room-sections.js").Item} Item */

const REFRESH_MS = 60_000; // a time becomes a weekday, and a mute ends

/** `echo-room-list` */
export class RoomList extends Element {
  /** @type {KeyedList<Item>} */ #list = /** @type {any} */ (null);
  /** @type {Sight | null} */ #sight = null;
  /** @type {any[]} rows */ #inSight = [];
  /** @type {string | null} the room that was unread when it was opened */ #heldId = null;
  #isPlanned = false;

  static template() {
    return [h("div", { role: "list", class: "rooms", part: "rooms", "data-testid": "room-list" })];
  }

  connected() {
    const { rooms } = this.parts;
    this.#isPlanned = false;
    const { clock } = this.context;
    this.#list = new KeyedList({
      box: rooms,
      key: ({ key }) => key,
      make: (item) => this.#make(item),
      update: (node, item) => this.#show(node, item),
    });
    const roving = new Roving({ box: rooms, items: ".room-link, .section-head" });
    const scroller = this.closest(".scroller") ?? this;
    const onChange = (/** @type {any[]} */ rows) => this.#previewsChanged(rows);
    this.#sight = new Sight({ scroller, box: rooms, isRow: (node) => node instanceof RoomRow, onChange });
    const press = new AbortController();
    onLongPress(rooms, { clock, signal: press.signal, onPress: (target) => rowOf(target)?.openMenu() });
    this.ending(() => {
      press.abort();
      roving.disconnect();
      this.#sight?.disconnect();
      this.context.reading?.setPreviewsInSight([], this);
    });
    this.listen(this, "room-stale", () => this.#plan());
    this.listen(window, "resize", () => this.#previewsChanged());
    this.watch("rooms", (deltas) => this.#roomsChanged(deltas));
    this.watch("users", (deltas) => this.#usersChanged(deltas));
    this.watch("me", () => this.#plan(true));
    this.watch("settings", () => this.#plan(true));
    this.watch("route", () => this.#plan());
    this.#refreshLater();
    this.#plan(true);
  }

  disconnected() {
    this.#list.clear();
  }

  /** @param {1 | -1} step */
  openNextUnread(step) {
    const room = nextUnread(
      this.#sections(true).flatMap(({ rooms }) => rooms),
      {
        isUnread: (each) => needsReading(each, this.context.store),
        openId: this.context.route.roomId,
        step,
      },
    );
    if (room) this.context.route.open(room.room_id);
  }

  // ---- what has changed ----

  /** @param {{ room: string | null, what: string }[]} deltas */
  #roomsChanged(deltas) {
    for (const { room } of deltas) this.#stale((row) => row.roomId === room, room);
    this.#plan();
  }

  /** @param {{ user: string | null, what: string }[]} deltas */
  #usersChanged(deltas) {
    for (const { user, what } of deltas) {
      if (user === null || what === "changed") return this.#plan(true); // names are in the previews, too
      this.#stale((row) => row.summary?.userId === user);
    }
    this.#plan();
  }

  /**
   * @param {(row: RoomRow) => boolean} isMeant
   * @param {string | null} [key] of the only one
   */
  #stale(isMeant, key = null) {
    const keys = key === null ? this.#list.keys() : [key];
    for (const each of keys) {
      const row = this.#list.node(each);
      if (row instanceof RoomRow && isMeant(row)) row.isStale = true;
    }
  }

  #refreshLater() {
    this.later(REFRESH_MS, () => {
      this.#plan(true);
      this.#refreshLater();
    });
  }

  /** Draws with the frame. */
  #plan(isAll = false) {
    if (isAll) this.#stale(() => true);
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    this.write(() => {
      this.#isPlanned = false;
      this.#draw();
    });
  }

  // ---- drawing ----

  #draw() {
    const { store, route, settings } = this.context;
    const open = store.rooms.get(route.roomId);
    if (this.#heldId !== route.roomId) this.#heldId = open && needsReading(open, store) ? open.room_id : null;
    toggle(this, "two-lines", settings.get("roomRows") === "two lines");
    this.#list.set(itemsOf(this.#sections()));
    this.#previewsChanged();
  }

  #sections(isWhole = false) {
    const { store, route, settings } = this.context;
    return sectionsOf(store.roomsByActivity(), {
      isUnread: (room) => needsReading(room, store),
      openId: route.roomId,
      heldId: this.#heldId,
      collapsed: isWhole ? new Set() : new Set(settings.get("collapsed").split(" ")),
    });
  }

  /** @param {Item} item */
  #make(item) {
    const node = "room" in item ? new RoomRow() : new SectionHead();
    node.setAttribute("role", "listitem");
    if (node instanceof RoomRow) node.roomId = item.key;
    this.#show(node, item);
    return node;
  }

  /**
   * @param {RoomRow | SectionHead} node
   * @param {Item} item
   */
  #show(node, item) {
    if (node instanceof RoomRow) node.show({ isOpen: item.key === this.context.route.roomId });
    else if ("section" in item) node.show(item.section);
  }

  // ---- who sees the words of a message in the list has previewed it ----

  /** @param {any[]} [rows] those in sight */
  #previewsChanged(rows = this.#inSight) {
    this.#inSight = rows;
    const areShown = isPhone() || this.context.settings.get("roomRows") === "two lines";
    const previews = areShown ? rows.map((/** @type {RoomRow} */ row) => [row.roomId, row.summary?.previewSeq ?? null]) : [];
    this.context.reading?.setPreviewsInSight(
      previews.filter(([, seq]) => seq !== null),
      this,
    );
  }
}

/** @param {EventTarget | null} target */
function rowOf(target) {
  return target instanceof window.Element ? /** @type {RoomRow | null} */ (target.closest("echo-room-row")) : null;
}

customElements.define("echo-room-list", RoomList);
