// Says what a row of the sidebar shows of a room: its name, what is unread, its last words, and what the user has not sent.

import { fitsIn, shortText } from "../parts/plain-text.js";
import { inOneLine } from "./summary.js";

/**
 * @typedef {import("../state/types.js").Room} Room
 * @typedef {import("../state/types.js").Message} Message
 *
 * @typedef {object} Sources members of the app's context
 * @property {import("../state/store.js").Store} store
 * @property {{ get(roomId: string): { content: string, edit: unknown } }} [drafts]
 * @property {{ messagesIn(roomId: string): { state: string }[] }} [outbox]
 * @property {import("../parts/texts.js").Texts} texts
 * @property {{ now(): number }} clock
 *
 * @typedef {ReturnType<typeof summaryOf>} Summary
 */

const PREVIEW_CHARACTERS_MAX = 120;
const COUNT_MAX = 999;

/**
 * @param {Room} room
 * @param {Sources} sources
 */
export function summaryOf(room, sources) {
  const { store, texts, clock } = sources;
  const { t } = texts;
  const { room_id: roomId, kind, me, last_message: message } = room;
  const other = kind === "direct" ? (room.with ?? null) : null;
  const unread = store.unreadCount(room);
  const isMarkedUnread = Boolean(me?.marked_unread_seq);
  const draft = draftOf(roomId, sources);
  const previewOf = message && !draft ? message : null;
  return {
    roomId,
    kind,
    name: store.roomName(room) || t("names.deleted_user"),
    userId: other?.user_id ?? null,
    avatar: other ? store.avatarURL(other.user_id, other) : null,
    presence: other ? (store.presence.get(other.user_id)?.state ?? null) : null,
    unread,
    isMarkedUnread,
    needsReading: needsReading(room, store),
    count: isMarkedUnread && unread === 0 ? "" : countText(unread, texts),
    mentions: unread > 0 ? (me?.mentions ?? 0) : 0,
    isMuted: isMuted(room, clock.now()),
    draft,
    hasFailed: Boolean(sources.outbox?.messagesIn(roomId).some(({ state }) => state === "failed")),
    preview: draft
      ? t("sidebar.draft_text", { text: draft })
      : message
        ? lastWords(room, message, sources)
        : room.topic || t("sidebar.no_messages"),
    at: message ? texts.dates.brief(message.created_at) : "",
    // What the user sees of others' words when they see the preview.
    previewSeq: previewOf && previewOf.user_id !== store.me?.user_id && isWhole(previewOf) ? previewOf.seq : null,
  };
}

/**
 * Whether the room belongs to what is unread: something is new that its notification level lets through, or the user has marked it.
 * @param {Room} room
 * @param {import("../state/store.js").Store} store
 */
export function needsReading(room, store) {
  return store.badgeCount(room) > 0 || Boolean(room.me?.marked_unread_seq);
}

/**
 * @param {Room} room
 * @param {number} now
 */
export function isMuted({ me }, now) {
  return me?.notify === "none" || Boolean(me?.muted_until && Date.parse(me.muted_until) > now);
}

/**
 * @param {string} content
 */
const shortened = (content) => shortText(content, PREVIEW_CHARACTERS_MAX);

/**
 * @param {Room} room
 * @param {Message} message
 * @param {Sources} sources
 */
function lastWords(room, message, { store, texts }) {
  const words = inOneLine(message, texts.t, shortened);
  if (message.user_id === store.me?.user_id) return texts.t("message.quote", { name: texts.t("names.you"), text: words });
  if (room.kind === "direct") return words;
  const name = store.displayName(message.user_id, message) || texts.t("names.deleted_user");
  return texts.t("message.quote", { name, text: words });
}

/**
 * Of a longer message, a preview shows only the beginning.
 * @param {Message} message
 */
function isWhole({ deleted, content, attachments }) {
  return !deleted && !attachments?.length && content !== null && fitsIn(content, PREVIEW_CHARACTERS_MAX);
}

/**
 * @param {string} roomId
 * @param {Sources} sources
 */
function draftOf(roomId, { drafts, texts }) {
  const draft = drafts?.get(roomId);
  if (!draft) return "";
  return shortened(draft.content) || (draft.edit ? texts.t("editor.label") : "");
}

/**
 * @param {number} unread
 * @param {import("../parts/texts.js").Texts} texts
 */
function countText(unread, texts) {
  if (unread === 0) return "";
  return unread > COUNT_MAX ? `${texts.number(COUNT_MAX)}+` : texts.number(unread);
}
