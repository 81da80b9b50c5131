// Says what the user may do to a message, by the rules of the server.

/** @typedef {import("./timeline-rows.js").ShownMessage} Message */

/**
 * What the user may do to a message.
 * @param {Message} message
 * @param {any} room
 * @param {string} me my user_id
 */
export function rightsOf(message, room, me) {
  const isMember = Boolean(room?.me);
  const isMine = message.user_id === me;
  const isDirect = room?.kind === "direct";
  const isModerator = ["owner", "moderator"].includes(room?.me?.role);
  return {
    mayAnswer: isMember,
    mayEdit: isMember && isMine,
    mayDelete: isMember && (isMine || (isModerator && !isDirect)),
    mayReport: isMember && !isMine && !isDirect,
    mayPin: isMember && (isDirect || isModerator),
    isMine,
  };
}

/** Whether a message is one that something can be done to. */
export function hasTools(/** @type {Message | null} */ message) {
  return message !== null && message.state === undefined && !message.deleted;
}
