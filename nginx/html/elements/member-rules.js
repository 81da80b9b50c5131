// Says what the user may do to another member of a room, by the roles of both.

/** @typedef {"make_member" | "make_moderator" | "make_owner" | "remove" | "ban"} MemberAction */

/** @type {Record<string, number>} */
const RANKS = { member: 1, moderator: 2, owner: 3 };

/**
 * Whether the user leads a room: who may change its name, invite, add, and see what was reported.
 * @param {{kind: string, me?: {role: string} | null} | null | undefined} room
 */
export function isModerator(room) {
  return Boolean(room && room.kind !== "direct" && rank(room.me?.role) >= RANKS.moderator);
}

/**
 * Whether the user may pin messages: in a direct room, both may.
 * @param {{kind: string, me?: {role: string} | null} | null | undefined} room
 */
export function mayPin(room) {
  return Boolean(room?.me && (room.kind === "direct" || isModerator(room)));
}

/**
 * @param {{kind: string, me?: {role: string} | null} | null | undefined} room
 * @param {string | null | undefined} role of the other; without one they are no member
 * @returns {MemberAction[]}
 */
export function memberActions(room, role) {
  if (!room || room.kind === "direct" || !role) return [];
  const isOwner = room.me?.role === "owner";
  /** @type {MemberAction[]} */
  const actions = [];
  if (isOwner && role === "member") actions.push("make_moderator");
  if (isOwner && role === "moderator") actions.push("make_member");
  if (isOwner && role !== "owner") actions.push("make_owner");
  if (isModerator(room) && rank(role) < rank(room.me?.role)) actions.push("remove", "ban");
  return actions;
}

/** @param {string | null | undefined} role */
function rank(role) {
  return RANKS[role ?? ""] ?? 0;
}
