// What the composer does to the draft of a room: words, a reply, the edit of a message. The draft keeps the words while a message is edited.

import { errorText } from "../net/client.js";
import { problemText } from "./problem-text.js";

/** @typedef {import("../state/types.js").Message} Message */
/** @typedef {{ content: string, reply_to: number | null, edit: { seq: number, content: string } | null }} Draft */

/**
 * The text that is in the field of a room.
 * @param {Draft} draft
 */
export function textOf({ content, edit }) {
  return edit ? edit.content : content;
}

/**
 * The user has changed the text in the field. Whether it is that of a message to be sent.
 * @param {any} context
 * @param {string} roomId
 * @param {string} text
 */
export function write({ drafts }, roomId, text) {
  const draft = drafts.get(roomId);
  if (draft.edit) drafts.set(roomId, { ...draft, edit: { ...draft.edit, content: text } });
  else drafts.set(roomId, { ...draft, content: text });
  return !draft.edit;
}

/**
 * The next message replies to this one. An edit that is under way comes first.
 * @param {any} context
 * @param {string} roomId
 * @param {Message} message
 */
export function reply({ drafts, store }, roomId, { seq }) {
  const { edit, ...words } = drafts.get(roomId);
  const isChanged = edit && store.timeline(roomId).get(edit.seq)?.content !== edit.content;
  drafts.set(roomId, { ...words, reply_to: seq, edit: isChanged ? edit : null });
}

/**
 * Begins to edit a message; goes on, if that is under way.
 * @param {any} context
 * @param {string} roomId
 * @param {Message} message
 */
export function edit({ drafts }, roomId, { seq, content }) {
  const draft = drafts.get(roomId);
  if (draft.edit?.seq !== seq) drafts.set(roomId, { ...draft, edit: { seq, content: content ?? "" } });
}

/**
 * Begins to edit the user's newest message that is shown; false if there is none.
 * @param {any} context
 * @param {string} roomId
 */
export function editLast(context, roomId) {
  const { me } = context.store;
  const mine = [...context.store.timeline(roomId)].reverse().find((message) => message.user_id === me.user_id && !message.deleted);
  if (mine) edit(context, roomId, mine);
  return Boolean(mine);
}

/**
 * What others ask for by the composer's door.
 * @type {Record<string, (context: any, roomId: string, message: Message) => void>}
 */
export const CHANGES = { reply, edit, editLast };

/**
 * Puts away what a strip over the composer says.
 * @param {any} context
 * @param {string} roomId
 * @param {"edit" | "reply" | "elsewhere"} kind
 */
export function dismiss({ drafts }, roomId, kind) {
  const draft = drafts.get(roomId);
  if (kind === "elsewhere") drafts.dismiss(roomId);
  else if (kind === "edit") drafts.set(roomId, { ...draft, edit: null });
  else drafts.set(roomId, { ...draft, reply_to: null });
}

/**
 * Puts away the edit, else the reply; false if there is neither.
 * @param {any} context
 * @param {string} roomId
 */
export function putAway(context, roomId) {
  const draft = context.drafts.get(roomId);
  if (!draft.edit && !draft.reply_to) return false;
  dismiss(context, roomId, draft.edit ? "edit" : "reply");
  return true;
}

/**
 * The message that is edited, as far as it is known here.
 * @param {any} context
 * @param {string} roomId
 * @returns {Message | null}
 */
export function editedMessage({ drafts, store }, roomId) {
  const { edit: edited } = drafts.get(roomId);
  if (!edited) return null;
  return store.timeline(roomId).get(edited.seq) ?? { room_id: roomId, seq: edited.seq, content: null, attachments: [] };
}

/**
 * Stores the edit. What went wrong, in words; empty if nothing did. What the user has written meanwhile stays.
 * @param {any} context
 * @param {string} roomId
 * @param {string} content
 */
export async function saveEdit(context, roomId, content) {
  const { actions, drafts, texts } = context;
  const message = editedMessage(context, roomId);
  const before = drafts.get(roomId).edit;
  if (!message) return "";
  try {
    if (content !== message.content) await actions.edit(message, content);
  } catch (/** @type {any} */ problem) {
    return texts.t("editor.not_saved", { reason: problem?.code ? problemText(texts, problem) : errorText(problem) });
  }
  const draft = drafts.get(roomId);
  if (draft.edit?.seq === before.seq && draft.edit.content === before.content) drafts.set(roomId, { ...draft, edit: null });
  return "";
}
