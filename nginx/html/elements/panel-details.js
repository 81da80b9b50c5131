// The details of a room: its topic, what the user is notified of, and what moderators and owners may do.

import { h, show, text } from "../parts/element.js";
import { choices, field, whileBusy } from "./form.js";
import { isModerator } from "./member-rules.js";
import "./panel-bans.js";
import "./panel-change.js";
import "./panel-invites.js";
import "./panel-reports.js";
import { PanelView } from "./panel-view.js";
import { problemText } from "./problem-text.js";

const HOUR_MS = 3_600_000;
const DAY_S = 86_400;
const HOUR_S = 3_600;

export class PanelDetails extends PanelView {
  /** @param {any} context */
  static template({ texts: { t } }) {
    const level = choices({ part: "level", "data-testid": "notify-level" }, [
      ["all", t("details.notify_all")],
      ["mentions", t("details.notify_mentions")],
      ["none", t("details.notify_none")],
    ]);
    const mute = choices({ part: "mute", "data-testid": "mute" }, [
      ["", t("details.mute_not")],
      ["1", t("details.mute_hour")],
      ["8", t("details.mute_hours")],
      ["168", t("details.mute_week")],
    ]);
    mute.append(h("option", { value: "muted", disabled: true, hidden: true }, t("details.mute_while")));
    return [
      h("p", { class: "panel-topic", dir: "auto", part: "topic", "data-testid": "details-topic" }),
      h("p", { class: "hint", part: "facts" }),
      h("p", { class: "hint", part: "kept", hidden: true, "data-testid": "details-kept" }),
      h("section", { class: "panel-section" }, field(t("details.notify"), level), field(t("details.mute"), mute)),
      h("p", { class: "hint", part: "muted", hidden: true }),
      h("p", { class: "error", role: "alert", part: "error", "data-testid": "details-error" }),
      h("echo-panel-change", { part: "change", hidden: true }),
      h("echo-panel-invites", { part: "invites", hidden: true }),
      h("echo-panel-reports", { part: "reports", hidden: true }),
      h("echo-panel-bans", { part: "bans", hidden: true }),
      h(
        "div",
        { class: "panel-section panel-ends" },
        h("button", { type: "button", part: "profile", "data-testid": "details-profile" }),
        h("button", { type: "button", class: "danger", part: "leave", "data-testid": "leave-room" }, t("details.leave")),
        h("button", { type: "button", class: "danger", part: "delete", "data-testid": "delete-room" }, t("details.delete")),
      ),
    ];
  }

  #wasModerator = false;

  connected() {
    const { parts } = this;
    this.listen(parts.level, "change", () => this.#setNotifications(parts.level, { level: parts.level.value }));
    this.listen(parts.mute, "change", () => this.#mute(parts.mute.value));
    this.listen(parts.profile, "click", () => this.context.actions.openPerson(this.room.with.user_id));
    this.listen(parts.leave, "click", () => this.context.actions.leaveRoom(this.roomId));
    this.listen(parts.delete, "click", () => this.#delete());
    this.watch("rooms", (deltas) => {
      if (deltas.some(({ room }) => room === null || room === this.roomId)) this.write(() => this.#draw());
    });
    this.watch("users", () => this.room?.kind === "direct" && this.write(() => this.#draw()));
  }

  /** @param {any} data */
  open(data) {
    super.open(data);
    text(this.parts.error, "");
    this.#draw();
    this.#openSections();
  }

  get heading() {
    return this.room ? this.context.store.roomName(this.room) || this.context.texts.t("names.deleted_user") : "";
  }

  #draw() {
    const { parts, room, context } = this;
    if (!room) {
      if (this.roomId) context.panel.close(); // it is gone
      return;
    }
    const { t, dates } = context.texts;
    const { notify: level = "all", muted_until: mutedUntil = null, role } = room.me ?? {};
    const isMuted = Boolean(mutedUntil && Date.parse(mutedUntil) > Date.now());
    text(parts.topic, room.topic ?? "");
    show(parts.topic, Boolean(room.topic));
    text(parts.facts, `${t(`room.kind_${room.kind}`)} · ${t("room.members", { n: room.member_count })}`);
    const keptSeconds = room.retention_seconds ?? context.store.limits.retention_seconds ?? 0;
    const isDays = keptSeconds >= 2 * DAY_S;
    show(parts.kept, keptSeconds > 0);
    text(parts.kept, t(isDays ? "details.kept_days" : "details.kept_hours", { n: Math.ceil(keptSeconds / (isDays ? DAY_S : HOUR_S)) }));
    if (!parts.level.disabled) parts.level.value = level;
    if (!parts.mute.disabled) parts.mute.value = isMuted ? "muted" : "";
    show(parts.muted, isMuted);
    text(parts.muted, isMuted ? t("details.muted_until", { time: dates.short(mutedUntil) }) : "");
    show(parts.profile, room.kind === "direct" && Boolean(room.with));
    text(parts.profile, t("user.profile", { name: context.store.roomName(room) }));
    show(parts.leave, room.kind !== "direct");
    show(parts.delete, room.kind !== "direct" && role === "owner");
    this.titleChanged();
    if (isModerator(room) !== this.#wasModerator) this.#openSections();
  }

  // What moderators see is asked for when the user is one.
  #openSections() {
    const { parts, room } = this;
    this.#wasModerator = isModerator(room);
    for (const section of [parts.change, parts.invites, parts.reports, parts.bans]) {
      show(section, this.#wasModerator);
      section.open(this.#wasModerator ? this.roomId : null);
    }
  }

  /** @param {string} hours */
  #mute(hours) {
    if (hours === "muted") return undefined;
    const until = hours ? new Date(Date.now() + Number(hours) * HOUR_MS).toISOString() : null;
    return this.#setNotifications(this.parts.mute, { muted_until: until });
  }

  /**
   * @param {HTMLSelectElement} control
   * @param {{level?: string, muted_until?: string | null}} settings
   */
  async #setNotifications(control, settings) {
    const { api, store, changes, texts } = this.context;
    const roomId = /** @type {string} */ (this.roomId);
    text(this.parts.error, "");
    await whileBusy(control, async () => {
      try {
        const { notify, muted_until } = await api.setNotificationSettings(roomId, settings);
        store.updateMembership(roomId, { notify, muted_until });
      } catch (problem) {
        text(this.parts.error, problemText(texts, problem));
      }
    });
    changes.tell("rooms", { room: roomId, what: "changed" }); // after an error this shows the old settings again
    this.#draw();
  }

  async #delete() {
    const { actions, api, dialogs, store, texts } = this.context;
    const { room } = this;
    if (!room) return;
    const question = texts.t("details.delete_question", { room: store.roomName(room) });
    if (await dialogs.confirm(question, texts.t("action.delete"))) await actions.try(() => api.deleteRoom(room.room_id));
  }
}

customElements.define("echo-panel-details", PanelDetails);
