// The base of what the panel shows: one kind of it, for a room, a message or a person.

import { Element } from "../parts/element.js";

/**
 * `open(data)` is called when it is shown, and again when it is to show something else. `heading` stands above it.
 */
export class PanelView extends Element {
  /** @type {any} what `panel.open` was given */
  data = null;

  /** @param {any} data */
  open(data) {
    this.data = data;
  }

  /** @returns {string} */
  get heading() {
    return "";
  }

  /** What the focus goes to when the user opens it; null: the title. @returns {HTMLElement | null} */
  get firstField() {
    return null;
  }

  /** Of the room that is meant, or of the open one. @returns {string | null} */
  get roomId() {
    return roomOf(this.data) ?? this.context.route.roomId ?? null;
  }

  get room() {
    return this.context.store.rooms.get(this.roomId);
  }

  /** Of the message that is meant, which `panel.open` may have been given. @returns {number} */
  get seq() {
    return this.data?.seq ?? 0;
  }

  /** What is above the list may have changed: its name, for one. */
  titleChanged() {
    this.tell("panel-title");
  }
}

/**
 * The user goes to where the panel leads: it closes if it lies over that.
 * @param {any} context
 */
export function giveWay({ panel }) {
  if (matchMedia("(max-width: 1199.98px)").matches) panel.close();
}

/**
 * The room that what `panel.open` was given is of: a message, or an object with `roomId`.
 * @param {any} data
 * @returns {string | null}
 */
export function roomOf(data) {
  return data?.roomId ?? data?.room_id ?? null;
}
