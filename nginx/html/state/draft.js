// One draft as it is stored, and what becomes of two that were written at two places.

/** @typedef {import("./unsent-message.js").UnsentMessage} UnsentMessage */

/** @typedef {{content: string, reply_to: number|null}} Words what the server keeps of a draft */

/**
 * @typedef {object} Draft
 * @property {string} room_id
 * @property {string} content
 * @property {number|null} reply_to
 * @property {{seq: number, content: string}|null} edit of a message, under way; this device's only
 * @property {boolean} is_untold whether the user has changed the words since the server was told of them
 * @property {Words} base the words that the server had when it was last heard of
 * @property {Words|null} offered the words of another device, which the user may take instead
 */

/** @type {Words} */
const NO_WORDS = { content: "", reply_to: null };

/** @param {string} roomId @returns {Draft} */
export function emptyDraft(roomId) {
  return { room_id: roomId, ...NO_WORDS, edit: null, is_untold: false, base: NO_WORDS, offered: null };
}

/** @param {Partial<Words>|null|undefined} words @returns {Words} */
export function wordsOf(words) {
  return { content: words?.content ?? "", reply_to: words?.reply_to ?? null };
}

/** @param {Words} one @param {Words} other */
export function areSame(one, other) {
  return one.content === other.content && (one.reply_to ?? null) === (other.reply_to ?? null);
}

/** @param {Words} words */
export function isEmpty(words) {
  return words.content === "" && !words.reply_to;
}

/** @param {Draft} draft Nothing of it needs to be stored any more. */
export function isOver(draft) {
  return isEmpty(draft) && !draft.edit && !draft.is_untold && !draft.offered && isEmpty(draft.base);
}

/**
 * The draft after the server has told of `theirs`. Without changes of the user here, theirs takes its place, unless the user is in the composer
 * (`isHeld`): then it is offered. With changes at both places the words here stay, and theirs are offered: none are thrown away.
 *
 * @param {Draft} draft @param {Words} theirs @param {boolean} isHeld @returns {Draft}
 */
export function merged(draft, theirs, isHeld) {
  if (areSame(draft, theirs)) return { ...draft, base: theirs, is_untold: false, offered: null };
  if (areSame(draft.base, theirs)) return draft; // that is what has been changed here
  if (draft.is_untold && isEmpty(theirs)) return { ...draft, base: theirs };
  const isFree = !draft.is_untold || isEmpty(draft);
  if (isFree && !isHeld) return { ...draft, ...theirs, base: theirs, is_untold: false, offered: null };
  return { ...draft, base: theirs, offered: theirs };
}

/**
 * The draft after the user has written. `isUnsure`: the server may have other words than `base`.
 *
 * @param {Draft} draft @param {Words} words @param {Draft["edit"]} edit @param {boolean} isUnsure @returns {Draft}
 */
export function written(draft, words, edit, isUnsure) {
  if (areSame(draft, words)) return { ...draft, edit };
  return { ...draft, ...words, edit, is_untold: isUnsure || !areSame(draft.base, words) };
}

/**
 * The draft with the words that are offered.
 * @param {Draft} draft @returns {Draft}
 */
export function accepted(draft) {
  if (!draft.offered) return draft;
  return { ...draft, ...draft.offered, offered: null, is_untold: !areSame(draft.offered, draft.base) };
}

/**
 * The draft without the words that are offered.
 * @param {Draft} draft @returns {Draft}
 */
export function dismissed(draft) {
  return draft.offered ? { ...draft, offered: null, is_untold: !areSame(draft, draft.base) } : draft;
}

/**
 * Whether there are words, or an edit, that nobody else has.
 * @param {Draft} draft
 */
export function hasUntold(draft) {
  return Boolean((draft.is_untold && !isEmpty(draft)) || draft.edit || (draft.offered && !isEmpty(draft.offered)));
}

/**
 * The draft with the words of a message that comes back, before those written since.
 *
 * @param {Draft} draft @param {UnsentMessage} message @returns {Draft}
 */
export function joined(draft, message) {
  const content = [message.content, draft.content].filter(Boolean).join("\n\n");
  return { ...draft, content, reply_to: draft.reply_to ?? message.reply_to, is_untold: true };
}
