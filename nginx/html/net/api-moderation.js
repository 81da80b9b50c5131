// REST calls about who may be in a room: invitations, links, bans and reports.

import { path } from "./requests.js";

/**
 * @template T
 * @typedef {import("./types.js").Page<T>} Page
 */
/** @typedef {import("./types.js").Room} Room */
/** @typedef {{code: string, room_id: string, created_by: string, created_at: string, expires_at: string|null, uses_left: number|null}} Invite */
/** @typedef {{room: Room, invited_by: import("./types.js").User, member_count: number, expires_at: string|null}} InvitePreview */

/** @param {import("./requests.js").Requests} requests */
export function moderationCalls(requests) {
  return {
    // ---- links ----

    /** @type {(roomId: string, cursor?: string|null) => Promise<Page<Invite>>} */
    invites: (roomId, cursor) => requests.call("GET", path`rooms/${roomId}/invites`, { query: { cursor } }),

    /**
     * A retry with the same `key` returns the invite that the first attempt created. `expires_in` is in seconds.
     * @type {(roomId: string, key: string, bounds?: {expires_in?: number, uses?: number}) => Promise<Invite>}
     */
    createInvite: (roomId, key, bounds = {}) =>
      requests.call("POST", path`rooms/${roomId}/invites`, { body: bounds, headers: { "Idempotency-Key": key } }),

    /** @type {(roomId: string, code: string) => Promise<null>} */
    revokeInvite: (roomId, code) => requests.call("DELETE", path`rooms/${roomId}/invites/${code}`),

    /** @type {(code: string) => Promise<InvitePreview>} What an invite leads to. Needs no session. */
    invite: (code) => requests.open("GET", path`invites/${code}`),

    /** @type {(code: string) => Promise<Room>} */
    acceptInvite: (code) => requests.call("POST", path`invites/${code}/accept`, { body: {} }),

    // ---- invitations ----

    /**
     * All of the user's open invitations, which are bounded.
     * @returns {Promise<{room_id: string, room: Room, invited_by: import("./types.js").User, role: string, created_at: string}[]>}
     */
    invitations: async () => (await requests.call("GET", "users/me/invitations", { query: { limit: 200 } })).items,

    /** @type {(roomId: string) => Promise<Room>} */
    acceptInvitation: (roomId) => requests.call("POST", path`users/me/invitations/${roomId}/accept`, { body: {} }),

    /** @type {(roomId: string) => Promise<null>} */
    declineInvitation: (roomId) => requests.call("POST", path`users/me/invitations/${roomId}/decline`, { body: {} }),

    // ---- bans ----

    /** @type {(roomId: string, cursor?: string|null) => Promise<Page<any>>} */
    bans: (roomId, cursor) => requests.call("GET", path`rooms/${roomId}/bans`, { query: { cursor, limit: 200 } }),

    /** @type {(roomId: string, userId: string, reason?: string) => Promise<any>} Also removes the user from the room. */
    ban: (roomId, userId, reason) => requests.call("PUT", path`rooms/${roomId}/bans/${userId}`, { body: { reason } }),

    /** @type {(roomId: string, userId: string) => Promise<null>} */
    unban: (roomId, userId) => requests.call("DELETE", path`rooms/${roomId}/bans/${userId}`),

    // ---- reports ----

    /** @type {(roomId: string, cursor?: string|null) => Promise<Page<any>>} */
    reports: (roomId, cursor) => requests.call("GET", path`rooms/${roomId}/reports`, { query: { cursor } }),

    /** @type {(roomId: string, seq: number, reason?: string) => Promise<any>} */
    reportMessage: (roomId, seq, reason) => requests.call("POST", path`rooms/${roomId}/messages/${seq}/report`, { body: { reason } }),

    /** @type {(roomId: string, seq: number) => Promise<null>} */
    resolveReports: (roomId, seq) => requests.call("DELETE", path`rooms/${roomId}/reports/${seq}`),
  };
}
