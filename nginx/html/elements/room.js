// The element <echo-room>: the open room with its header, timeline and composer; of a public room that the user is not in, a look inside.

import { Element, h, show, text } from "../parts/element.js";
import { problemText } from "./problem-text.js";
import "./room-header.js";
import "./timeline.js";

/** Follows the route. */
export class Room extends Element {
  /** @type {string | null} */ #roomId = null;
  /** @type {any} a room that the user is not in */ #preview = null;
  /** @type {any} why there is none */ #problem = null;

  static template(/** @type {any} */ { texts: { t } }) {
    return [
      h("echo-room-header", { part: "header" }),
      h("echo-timeline", { part: "timeline" }),
      h("echo-composer", { part: "composer" }),
      h(
        "div",
        { part: "look", class: "room-look", "data-testid": "room-preview", hidden: true },
        h("p", {}, t("room.preview")),
        h("button", { part: "join", type: "button", class: "primary", "data-testid": "preview-join" }, t("action.join")),
      ),
      h(
        "div",
        { part: "none", class: "room-none", role: "status", hidden: true },
        h("h1", { part: "reason", "data-testid": "room-missing" }),
        h("button", { part: "retry", type: "button", hidden: true }, t("action.retry")),
        h("a", { class: "button", href: "#/", "data-testid": "missing-back" }, t("room.back")),
      ),
    ];
  }

  connected() {
    const { join, retry, timeline } = this.parts;
    this.setAttribute("data-testid", "room");
    this.setAttribute("role", "region");
    this.watch("route", (deltas) => this.#follow(deltas[deltas.length - 1].seq ?? null));
    this.watch("rooms", (deltas) => {
      const isMine = deltas.some(({ room, what }) => room === this.#roomId && (what === "added" || what === "removed"));
      if (isMine) this.#membershipChanged();
    });
    this.listen(join, "click", async () => {
      join.disabled = true;
      await this.context.actions.joinRoom(this.#roomId);
      join.disabled = false;
    });
    this.listen(retry, "click", () => this.#look(this.context.route.seq));
    this.watch("connection", () => {
      if (this.#problem?.status === 0 && this.context.connection.isOnline) this.#look(this.context.route.seq);
    });
    this.listen(this, "message-sent", () => timeline.opening.toEnd());
    this.#follow(this.context.route.seq);
  }

  disconnected() {
    this.#roomId = null;
  }

  /** @param {number | null} seq */
  #follow(seq) {
    const { route, store } = this.context;
    const roomId = route.view === "room" ? route.roomId : null;
    const isOther = roomId !== this.#roomId;
    this.#roomId = roomId;
    if (!isOther) return seq !== null && this.parts.timeline.open(roomId, { seq, preview: this.#preview });
    this.#preview = this.#problem = null;
    if (!roomId || store.rooms.has(roomId)) this.#show(seq);
    else this.#look(seq);
  }

  // The user was let in, or is no longer: the words stay, what they may do differs.
  #membershipChanged() {
    const roomId = this.#roomId;
    if (!roomId || !this.context.store.rooms.has(roomId)) return this.#show(null);
    this.#preview = this.#problem = null;
    this.parts.timeline.open(null);
    this.#show(null);
  }

  // The user is not in this room, or not yet known to be.
  async #look(/** @type {number | null} */ seq = null) {
    const roomId = this.#roomId;
    const { api, store } = this.context;
    this.#problem = null;
    this.#show(null);
    try {
      const room = await api.room(roomId);
      if (roomId !== this.#roomId || store.rooms.has(roomId)) return;
      this.#preview = room;
    } catch (/** @type {any} */ problem) {
      if (roomId !== this.#roomId || store.rooms.has(roomId)) return;
      this.#problem = problem;
    }
    if (this.isConnected) this.#show(seq);
  }

  /** @param {number | null} seq */
  #show(seq) {
    const { store, texts, panel } = this.context;
    const { header, timeline, composer, look, none, join, reason, retry } = this.parts;
    const roomId = this.#roomId;
    const isMember = Boolean(roomId) && store.rooms.has(roomId);
    const room = isMember ? store.rooms.get(roomId) : this.#preview;
    header.show(roomId, this.#preview);
    timeline.open(room ? roomId : null, { seq, preview: this.#preview });
    composer.roomId = isMember ? roomId : null;
    this.setAttribute("aria-label", room ? store.roomName(room) : "");
    for (const part of [header, timeline]) show(part, Boolean(room));
    show(composer, isMember);
    show(look, Boolean(room) && !isMember);
    show(join, room?.kind === "public");
    show(none, Boolean(this.#problem));
    if (this.#problem) {
      const isMissing = [403, 404].includes(this.#problem.status);
      text(reason, isMissing ? texts.t("room.not_found") : problemText(texts, this.#problem));
      show(retry, !isMissing);
    }
    // On a phone, the focus of the composer would open the keyboard, which covers half of the room.
    if (room && seq === null && !panel?.kind) this.#focus(isMember);
  }

  /** @param {boolean} isMember */
  #focus(isMember) {
    const { header, composer } = this.parts;
    if (isMember && !matchMedia("(pointer: coarse)").matches) composer.focusField?.();
    else header.focusName();
  }
}

customElements.define("echo-room", Room);
