// One file that waits to be sent with a message.

/**
 * @typedef {object} Upload
 * @property {string} id
 * @property {string} room_id
 * @property {File|null} file null if it came back with a message that was not sent: the server has it
 * @property {string} name
 * @property {number} size
 * @property {"waiting"|"uploading"|"done"|"failed"} state
 * @property {number} progress the sent fraction
 * @property {string|null} error a text
 * @property {boolean} mayRetry
 * @property {any} result the server's answer once it is done
 * @property {number} order
 * @property {number} done_at when the server had it, in milliseconds since the epoch
 * @property {boolean} is_stored false if it is in the memory of this tab only
 */

/** @param {string} id @param {string} roomId @param {string} name @param {number} size @returns {Upload} */
export function newUpload(id, roomId, name, size) {
  return {
    id,
    room_id: roomId,
    file: null,
    name: name || "file",
    size,
    state: "waiting",
    progress: 0,
    error: null,
    mayRetry: false,
    result: null,
    order: 0,
    done_at: 0,
    is_stored: false,
  };
}

/**
 * The files of a message that comes back: the server has them.
 * @param {import("./unsent-message.js").UnsentMessage} message @returns {Upload[]}
 */
export function uploadsOf({ client_id: clientId, room_id: roomId, attachments }) {
  return attachments.map((result, i) => ({
    ...newUpload(`${clientId}-${i}`, roomId, result.name, result.size),
    state: "done",
    progress: 1,
    result,
    order: i,
    is_stored: true,
  }));
}
