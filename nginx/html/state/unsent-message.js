// One message that the server has not confirmed, and the places that its words come from.

/** @typedef {import("./database.js").Transaction} Transaction */

/**
 * @typedef {object} UnsentMessage
 * @property {string} client_id
 * @property {string} room_id
 * @property {string} content
 * @property {number|null} reply_to
 * @property {any[]} attachments files that have been uploaded
 * @property {"pending"|"failed"} state
 * @property {string|null} error why it failed, as a text
 * @property {string|null} code the same as a code
 * @property {number} tries
 * @property {number} not_before when the next try may be, in milliseconds since the epoch
 * @property {string} created_at
 * @property {number} order in which messages are sent
 * @property {boolean} is_stored false if it is in the memory of this tab only
 */

/**
 * What was taken from a source in memory: `write` takes it in the database, in the transaction that stores the message; `stored` follows its
 * commit. Until then the source leaves its words in the database; also after `failed`.
 *
 * @typedef {{write(transaction: Transaction): Promise<void>, stored(): void, failed(): void}} Taking
 */

/**
 * Where words come from, and where they go back to: drafts and uploads. `writeBack` changes the database, and `gaveBack` then the memory.
 *
 * @typedef {object} Source
 * @property {string[]} tables
 * @property {(roomId: string) => Taking} take
 * @property {(message: UnsentMessage, transaction: Transaction) => Promise<void>} writeBack
 * @property {(message: UnsentMessage) => void} gaveBack
 */

/**
 * A message as it is before it is stored.
 *
 * @param {{randomUUID: () => string, now: () => number}} environment
 * @param {{roomId: string, content: string, replyTo: number|null, attachments: any[]}} words
 * @returns {UnsentMessage}
 */
export function newMessage({ randomUUID, now }, { roomId, content, replyTo, attachments }) {
  return {
    client_id: randomUUID(),
    room_id: roomId,
    content,
    reply_to: replyTo,
    attachments,
    state: "pending",
    error: null,
    code: null,
    tries: 0,
    not_before: 0,
    created_at: new Date(now()).toISOString(),
    order: 0,
    is_stored: false,
  };
}
