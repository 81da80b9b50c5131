// Says what an edit, a deletion or a reaction makes of a message; as functions of the message, so that windows and caches agree.

/** @typedef {import("./types.js").Message} Message */
/** @typedef {(message: Message) => Message} Change returns the same object if nothing changes */

/**
 * Of two edits the later one wins, and none changes a deleted message. Reactions stay: events of their own tell them.
 *
 * @param {Message} message
 * @returns {Change}
 */
export function edited(message) {
  return (old) => (old.deleted || (old.edited_at ?? "") > (message.edited_at ?? "") ? old : { ...message, reactions: old.reactions });
}

/** @type {Change} */
export function deleted(old) {
  return old.deleted ? old : { ...old, content: "", attachments: [], mentions: [], reactions: {}, deleted: true };
}

/**
 * Adds or removes the reaction of one user; repeating it changes nothing.
 *
 * @param {string} emoji
 * @param {string} userId
 * @param {boolean} isAdded
 * @returns {Change}
 */
export function reacted(emoji, userId, isAdded) {
  return (old) => {
    const userIds = old.reactions?.[emoji] ?? [];
    if (old.deleted || userIds.includes(userId) === isAdded) return old;
    if (isAdded) return { ...old, reactions: { ...old.reactions, [emoji]: [...userIds, userId] } };
    const { [emoji]: _, ...others } = old.reactions ?? {};
    const left = userIds.filter((id) => id !== userId);
    return { ...old, reactions: left.length ? { ...old.reactions, [emoji]: left } : others };
  };
}

/**
 * Which of two versions of a message holds, when the order of their arrival says nothing: a deletion is final, and of two edits the later wins.
 *
 * @param {Message} known
 * @param {Message} arriving
 */
export function newerVersion(known, arriving) {
  if (known.deleted && !arriving.deleted) return known;
  if (!arriving.deleted && (known.edited_at ?? "") > (arriving.edited_at ?? "")) return known;
  return arriving;
}
