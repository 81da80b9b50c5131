// A row of the list of rooms: leads to the room, and says what is new there and what the user has not sent.

import { attribute, Element, h, icon, show, text, toggle } from "../parts/element.js";
import { faceNode, updateFace } from "./room-face.js";
import { openRoomMenu } from "./room-menu.js";
import { summaryOf } from "./room-summary.js";

/** `echo-room-row`, for the room `roomId`. */
export class RoomRow extends Element {
  /** Whether something may have changed since it was drawn. */
  isStale = true;
  #isOpen = false;
  /** @type {string} */ roomId = "";
  /** @type {import("./room-summary.js").Summary | null} */ #shown = null;
  #signs = "";
  /** @type {import("./floating-menu.js").OpenMenu | null} */ #menu = null;

  static template() {
    return [
      h(
        "a",
        { class: "room-link", part: "link", "data-testid": "room-item" },
        faceNode({ part: "face" }),
        h(
          "span",
          { class: "room-names" },
          h("span", { class: "room-name line", part: "name", "data-testid": "room-item-name", dir: "auto" }),
          h("span", { class: "room-preview line", part: "preview", dir: "auto", "data-testid": "room-item-preview" }),
        ),
        h(
          "span",
          { class: "room-aside" },
          h("time", { class: "room-time", part: "time" }),
          h("span", { class: "room-signs", part: "signs" }),
        ),
      ),
      h(
        "button",
        {
          type: "button",
          class: "icon-button room-more",
          part: "more",
          tabindex: -1,
          "aria-haspopup": "menu",
          "aria-expanded": "false",
          "data-testid": "room-more",
        },
        icon("more"),
      ),
    ];
  }

  connected() {
    const stale = () => {
      this.isStale = true;
      this.tell("room-stale");
    };
    for (const topic of ["typing", "draft", "unsent"]) this.watch(`${topic}:${this.roomId}`, stale);
    this.#draw();
    this.listen(this.parts.more, "click", () => this.openMenu());
    this.listen(this, "keydown", (event) => this.#keyPressed(event));
    this.listen(this, "contextmenu", (event) => {
      event.preventDefault();
      this.openMenu();
    });
  }

  disconnected() {
    this.#menu?.close();
  }

  /**
   * Sideways to the button of the row and back: it is no stop of the Tab key.
   * @param {KeyboardEvent} event
   */
  #keyPressed(event) {
    const { link, more } = this.parts;
    const [back, forward] = getComputedStyle(this).direction === "rtl" ? ["ArrowRight", "ArrowLeft"] : ["ArrowLeft", "ArrowRight"];
    const { key, target } = event;
    const next = target === link && key === forward ? more : target === more && (key === back || key === "Escape") ? link : null;
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    next.focus();
  }

  /** What the row shows. */
  get summary() {
    return this.#shown;
  }

  openMenu() {
    if (this.#menu?.isOpen) return;
    const room = this.context.store.rooms.get(this.roomId);
    if (room) this.#menu = openRoomMenu(room, { context: this.context, host: this, by: this.parts.more });
  }

  /**
   * Draws what has changed; before it is in the page, when it comes there.
   * @param {{ isOpen: boolean }} options whether the room is the open one
   */
  show({ isOpen }) {
    this.#isOpen = isOpen;
    if (this.isConnected) this.#draw();
  }

  #draw() {
    const { store } = this.context;
    const room = store.rooms.get(this.roomId);
    attribute(this.parts.link, "aria-current", this.#isOpen ? "page" : null);
    if (!room || !this.isStale) return;
    this.isStale = false;
    const summary = summaryOf(room, this.context);
    this.#drawLink(summary);
    this.#drawSigns(summary, store.typingNames(this.roomId).length > 0);
    this.#shown = summary;
  }

  /** @param {import("./room-summary.js").Summary} summary */
  #drawLink(summary) {
    const { link, face, name, preview, time, more } = this.parts;
    const { texts, store } = this.context;
    attribute(link, "href", `#/room/${summary.roomId}`);
    attribute(link, "data-room-id", summary.roomId);
    attribute(link, "data-kind", summary.kind);
    attribute(link, "data-unread", summary.unread);
    toggle(this, "unread", summary.needsReading);
    toggle(this, "muted", summary.isMuted && !summary.needsReading);
    updateFace(face, summary, texts);
    text(name, summary.name);
    text(preview, summary.preview);
    toggle(preview, "draft", Boolean(summary.draft));
    text(time, summary.at);
    attribute(time, "datetime", store.rooms.get(summary.roomId)?.last_message?.created_at);
    attribute(more, "aria-label", texts.t("room_menu.open", { room: summary.name }));
  }

  /**
   * @param {import("./room-summary.js").Summary} summary
   * @param {boolean} isTyping
   */
  #drawSigns(summary, isTyping) {
    const { signs } = this.parts;
    const { t } = this.context.texts;
    const { hasFailed, isMuted, isMarkedUnread, mentions, count, needsReading } = summary;
    const shown = JSON.stringify([isTyping, Boolean(summary.draft), hasFailed, isMuted, isMarkedUnread, mentions, count, needsReading]);
    if (this.#signs === shown) return;
    this.#signs = shown;
    signs.replaceChildren(
      ...[
        isTyping ? h("span", { class: "typing-dots", "aria-hidden": "true", "data-testid": "room-typing" }, h("i"), h("i"), h("i")) : null,
        hasFailed ? sign("warning", t("sidebar.unsent"), "room-unsent") : null,
        summary.draft ? sign("draft", t("sidebar.draft"), "room-draft") : null,
        isMuted ? sign("bell-off", t("sidebar.muted"), "room-muted") : null,
        mentions ? badge("@", t("sidebar.badge_mentions", { n: mentions }), "mentions", "badge mention") : null,
        count ? badge(count, t("sidebar.badge_unread"), "unread", needsReading ? "badge" : "badge quiet") : null,
        isMarkedUnread && !count ? badge("", t("sidebar.marked_unread"), "marked-unread", "badge dot") : null,
      ].filter((node) => node !== null),
    );
    show(signs, signs.childElementCount > 0);
  }
}

/**
 * @param {string} name of the icon
 * @param {string} label
 * @param {string} testId
 */
function sign(name, label, testId) {
  return h("span", { class: `room-sign ${name}`, title: label, "data-testid": testId }, icon(name), hidden(label));
}

/**
 * @param {string} shown
 * @param {string} label
 * @param {string} testId
 * @param {string} className
 */
function badge(shown, label, testId, className) {
  return h("span", { class: className, "data-testid": testId }, shown, hidden(` ${label}`));
}

/** @param {string} words */
function hidden(words) {
  return h("span", { class: "visually-hidden" }, words);
}

customElements.define("echo-room-row", RoomRow);
