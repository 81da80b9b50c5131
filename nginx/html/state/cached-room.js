// The messages of one room in the cache: a range of seqs without a gap, of which the newest are kept.

import { withoutExpired } from "./expired-messages.js";
import { deleted, edited, newerVersion, reacted } from "./message-changes.js";

/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./types.js").Page} Page */
/** @typedef {import("./types.js").PageQuery} PageQuery */
/** @typedef {import("./database.js").Transaction} Transaction */

/** @typedef {{event: string, id?: number, data: any}} Frame */

/**
 * @typedef {object} CachedRoom
 * @property {string} room_id
 * @property {number} first
 * @property {number} last `first` - 1 while there are no messages
 * @property {boolean} has_before whether the server has messages before `first`
 * @property {boolean} has_after
 * @property {number} used_at when the room was last opened
 */

const MESSAGES_MAX = 500;

/**
 * A page after frames that it may have been read before; null if all its messages have expired.
 * @param {string} roomId @param {Page} page @param {readonly Frame[]} frames in the order of their ids
 * @returns {Page|null}
 */
export function upToDate(roomId, page, frames) {
  const ofRoom = frames.filter(({ data }) => data?.room_id === roomId);
  const firstSeq = Math.max(1, ...ofRoom.filter(({ event }) => event === "messages_expired").map(({ data }) => data.first_seq));
  const left = withoutExpired(page, firstSeq);
  if (left.messages.length === 0 && page.messages.length > 0) return null;
  const changes = ofRoom.filter(changeOf);
  const messages = left.messages.map((message) =>
    changes.reduce((known, frame) => (frame.data.seq === message.seq ? (changeOf(frame)?.(known) ?? known) : known), message),
  );
  return { ...left, messages };
}

/**
 * What a frame makes of the message that it concerns; null if it changes none.
 * @param {Frame} frame
 */
function changeOf({ event, data }) {
  switch (event) {
    case "message_edited":
      return edited(data);
    case "message_deleted":
      return deleted;
    case "reaction_added":
    case "reaction_removed":
      return reacted(data.emoji, data.user_id, event === "reaction_added");
    default:
      return null;
  }
}

/**
 * Applies a frame to a stored room.
 * @param {Transaction} tx @param {Frame} frame @param {string} userId whose cache it is
 */
export async function applyFrame(tx, frame, userId) {
  const { event, data } = frame;
  const roomId = data?.room_id;
  const room = roomId && (await tx.get("state", ["room", roomId]));
  if (!room) return;
  const change = changeOf(frame);
  if (event === "messages_expired") await expire(tx, room, data.first_seq);
  else if (change) await update(tx, room, data.seq, change);
  else if (event === "new_message") await append(tx, room, data);
  else if (event === "room_deleted" || (event === "member_left" && data.user?.user_id === userId)) await removeRoom(tx, roomId);
}

/** @param {Transaction} tx @param {CachedRoom} room @param {number} seq @param {(message: Message) => Message} change */
async function update(tx, room, seq, change) {
  const known = seq >= room.first && seq <= room.last && (await tx.get("messages", [room.room_id, seq]));
  if (known) await tx.put("messages", [room.room_id, seq], change(known));
}

/** @param {Transaction} tx @param {CachedRoom} room @param {number} firstSeq */
async function expire(tx, room, firstSeq) {
  if (firstSeq > room.last) return removeRoom(tx, room.room_id); // what comes next is fetched
  await tx.deleteRange("messages", [room.room_id], [room.room_id, firstSeq - 1]);
  const first = Math.max(room.first, firstSeq);
  await tx.put("state", ["room", room.room_id], { ...room, first, has_before: room.has_before && first > firstSeq });
}

/** @param {Transaction} tx @param {CachedRoom} room @param {Message} message */
async function append(tx, room, message) {
  const { seq } = message;
  if (seq < room.first) return;
  if (seq <= room.last) return update(tx, room, seq, (known) => newerVersion(known, message));
  if (seq === room.last + 1) {
    await tx.put("messages", [room.room_id, seq], message);
    await putRoom(tx, { ...room, last: seq });
  } else {
    await tx.put("state", ["room", room.room_id], { ...room, has_after: true });
  }
}

/**
 * Joins a page of the server with what is stored. A page apart from it replaces it, if it is newer; an older one is not kept. A room without
 * messages is stored, too: those that come follow.
 *
 * @param {Transaction} tx @param {string} roomId @param {Page} page @param {number} now
 */
export async function keepPage(tx, roomId, page, now) {
  const { messages, has_before, has_after } = page;
  /** @type {CachedRoom|undefined} */
  let room = await tx.get("state", ["room", roomId]);
  const isEmpty = messages.length === 0;
  if (isEmpty && (room || has_before || has_after)) return;
  const [first, last] = isEmpty ? [1, 0] : [messages[0].seq, messages[messages.length - 1].seq];
  /** @type {CachedRoom} */
  const fresh = { room_id: roomId, first, last, has_before, has_after, used_at: now };
  if (room && last < room.first - 1) return;
  if (room && first > room.last + 1) {
    await removeRoom(tx, roomId);
    room = undefined;
  }
  const stored = new Map((await tx.list("messages", [roomId, first], [roomId, last])).map(([, message]) => [message.seq, message]));
  for (const message of messages) {
    const known = stored.get(message.seq);
    await tx.put("messages", [roomId, message.seq], known ? newerVersion(known, message) : message);
  }
  if (!room) return putRoom(tx, fresh);
  await putRoom(tx, {
    ...room,
    first: Math.min(first, room.first),
    last: Math.max(last, room.last),
    has_before: first <= room.first ? has_before : room.has_before,
    has_after: last >= room.last ? has_after : room.has_after,
    used_at: now,
  });
}

/**
 * A page of what is stored; null if the range does not reach the place that is asked for.
 *
 * @param {Transaction} tx @param {string} roomId @param {PageQuery} query
 * @returns {Promise<Page|null>}
 */
export async function readPage(tx, roomId, { before, after, around, limit }) {
  /** @type {CachedRoom|undefined} */
  const room = await tx.get("state", ["room", roomId]);
  if (!room) return null;
  if (room.last < room.first) return after === 0 && !room.has_after ? { messages: [], has_before: false, has_after: false } : null;
  let [from, to] = [room.first, room.last];
  if (before !== undefined) [from, to] = [before - limit, before - 1];
  else if (after !== undefined) [from, to] = [after + 1, after + limit];
  else if (around !== undefined) [from, to] = [around - Math.floor(limit / 2), around + Math.ceil(limit / 2) - 1];
  const asked = before !== undefined ? to : after !== undefined ? from : (around ?? from);
  if (asked < room.first || asked > room.last) return null;
  [from, to] = [Math.max(from, room.first), Math.min(to, room.last)];
  const messages = (await tx.list("messages", [roomId, from], [roomId, to])).map(([, message]) => message);
  return { messages, has_before: from > room.first || room.has_before, has_after: to < room.last || room.has_after };
}

/** @param {Transaction} tx @param {string} roomId */
export async function removeRoom(tx, roomId) {
  await tx.deleteRange("messages", [roomId], [roomId, []]);
  await tx.delete("state", ["room", roomId]);
}

// Without its oldest messages, if there are too many.
/** @param {Transaction} tx @param {CachedRoom} room */
async function putRoom(tx, room) {
  const first = Math.max(room.first, room.last - MESSAGES_MAX + 1);
  if (first > room.first) await tx.deleteRange("messages", [room.room_id], [room.room_id, first - 1]);
  await tx.put("state", ["room", room.room_id], { ...room, first, has_before: room.has_before || first > room.first });
}
