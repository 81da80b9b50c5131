// The element <echo-room-header>: the name of the open room, what it is about, who is there, and the ways into the panel.

import { attribute, Element, h, icon, show, text } from "../parts/element.js";
import { presenceWords } from "./presence-words.js";

const REDRAW_MS = 30_000; // "last seen 5 minutes ago" changes with time

/** What the panel shows, and the icon of its button; on a phone the first two are in the details. */
const PANELS = /** @type {const} */ ([
  ["pins", "pin", "panel.pins"],
  ["members", "people", "panel.members"],
  ["search", "search", "search.title"],
  ["details", "panel", "room.details"],
]);

export class RoomHeader extends Element {
  /** @type {string | null} */ #roomId = null;
  /** @type {any} */ #preview = null;

  static template(/** @type {any} */ { texts: { t } }) {
    const panelButton = (/** @type {typeof PANELS[number]} */ [kind, sign, label]) =>
      h(
        "button",
        {
          ...{ type: "button", class: `icon-button panel-${kind}`, title: t(label), "aria-label": t(label), "data-panel": kind },
          ...{ "aria-expanded": "false", "data-testid": `room-${kind}` },
        },
        icon(sign),
      );
    return [
      h(
        "a",
        { part: "back", class: "icon-button button back", href: "#/", "aria-label": t("room.back"), "data-testid": "back" },
        icon("back"),
      ),
      h("span", { part: "face", class: "room-face" }),
      h(
        "div",
        { class: "room-words" },
        h("h1", { part: "name", class: "line", dir: "auto", tabindex: "-1", "data-testid": "room-name" }),
        h(
          "p",
          { class: "line room-topic", "data-testid": "room-topic" },
          h("span", { part: "who" }),
          h("span", { part: "topic" }),
          h("span", { part: "presence" }),
        ),
      ),
      h("div", { part: "panels", class: "room-panels" }, ...PANELS.map(panelButton)),
    ];
  }

  connected() {
    this.listen(this.parts.panels, "click", ({ target }) => {
      const kind = target.closest("[data-panel]")?.dataset.panel;
      const { panel } = this.context;
      if (!kind) return;
      if (panel.kind === kind) panel.close();
      else panel.open(kind);
    });
    this.watch("rooms", (deltas) => deltas.some(({ room }) => room === this.#roomId || room === null) && this.#draw());
    this.watch("users", (deltas) => {
      this.#draw();
      if (deltas.some(({ user }) => user === null)) this.#fetchPresence(); // a new connection: what was known counts no more
    });
    this.watch("panel", () => this.#drawPanels());
    this.#tick();
    this.#draw();
  }

  /**
   * @param {string | null} roomId
   * @param {any} preview the room, if the user is not in it
   */
  show(roomId, preview = null) {
    this.#roomId = roomId;
    this.#preview = preview;
    if (!this.isConnected) return;
    this.#draw();
    this.#fetchPresence();
  }

  focusName() {
    this.parts.name.focus({ preventScroll: true });
  }

  #tick() {
    this.later(REDRAW_MS, () => {
      this.#draw();
      this.#tick();
    });
  }

  #draw() {
    const { store, texts } = this.context;
    const { name, who, topic, presence, face, panels } = this.parts;
    const room = store.rooms.get(this.#roomId) ?? this.#preview;
    if (!room) return;
    const other = room.kind === "direct" ? room.with : null;
    const title = store.roomName(room) || texts.t("names.deleted_user");
    text(name, title);
    attribute(name, "title", title);
    const online = store.online.get(room.room_id);
    const members = texts.t("room.members", { n: room.member_count ?? 0 });
    const here = online === undefined ? null : texts.t("room.members_here", { n: online });
    text(who, room.kind === "direct" ? (other ? `@${other.username ?? ""}` : "") : [members, here].filter(Boolean).join(" · "));
    const about = room.topic || other?.status_text || "";
    if (topic.textContent !== about) topic.replaceChildren(...(about ? [h("bdi", {}, about)] : [])); // what is between them is the page's
    text(presence, other ? presenceWords(store.presence.get(other.user_id), this.context) : "");
    this.#drawFace(face, room, other);
    show(panels, Boolean(room.me));
    this.#drawPanels();
  }

  /**
   * @param {HTMLElement} face
   * @param {any} room
   * @param {any} other
   */
  #drawFace(face, room, other) {
    const sign = other ? `user ${other.user_id}` : room.kind;
    if (face.dataset.sign !== sign) {
      face.dataset.sign = sign;
      const picture = other ? h("echo-picture", { user: other.user_id, name: other.display_name || other.username }) : null;
      face.replaceChildren(picture ?? icon(room.kind === "public" ? "hash" : room.kind === "group" ? "lock" : "people"));
    }
    const state = other && this.context.store.presence.get(other.user_id)?.state;
    attribute(face, "data-presence", state && state !== "offline" ? state : null);
  }

  #drawPanels() {
    const { kind } = this.context.panel;
    for (const button of this.parts.panels.children) attribute(button, "aria-expanded", String(button.dataset.panel === kind));
  }

  // There are no events of users who are not here.
  async #fetchPresence() {
    const { api, store } = this.context;
    const room = store.rooms.get(this.#roomId);
    const userId = room?.kind === "direct" && room.with?.user_id;
    if (!userId || store.presence.has(userId)) return;
    try {
      const { presence: state, last_seen_at } = await api.user(userId);
      if (!store.presence.has(userId)) store.setPresence(userId, { state, last_seen_at });
    } catch {
      // The header then says nothing of it.
    }
  }
}

customElements.define("echo-room-header", RoomHeader);
