// REST calls about rooms: their members, the user's place in them, and who may be in them.

import { path } from "./requests.js";

/** @typedef {import("./types.js").Room} Room */
/** @typedef {import("./types.js").Membership} Membership */
/** @typedef {import("./types.js").Draft} Draft */
/** @typedef {{code: string, room_id: string, created_by: string, created_at: string, expires_at: string|null, uses_left: number|null}} Invite */
/** @typedef {{room: Room, invited_by: import("./types.js").User, member_count: number, expires_at: string|null}} InvitePreview */
/**
 * @template T
 * @typedef {import("./types.js").Page<T>} Page
 */

/** @param {import("./requests.js").Requests} requests */
export function roomCalls(requests) {
  return {
    /**
     * The whole state in one go, and the cursor to start a connection from.
     * @returns {Promise<import("./types.js").Snapshot>}
     */
    sync: () => requests.call("GET", "sync"),

    /** @type {(cursor?: string|null) => Promise<Page<Room>>} The user's rooms, latest activity first. */
    rooms: (cursor) => requests.call("GET", "rooms", { query: { cursor, limit: 200 } }),

    /** @type {(roomId: string) => Promise<Room>} */
    room: (roomId) => requests.call("GET", path`rooms/${roomId}`),

    /**
     * A page of the directory.
     * @type {(search?: {q?: string, cursor?: string|null}, options?: {signal?: AbortSignal}) => Promise<Page<Room>>}
     */
    publicRooms: ({ q, cursor } = {}, { signal } = {}) => requests.call("GET", "rooms/public", { query: { q, cursor, limit: 50 }, signal }),

    /**
     * A retry with the same `key` returns the room that the first attempt created.
     * @type {(room: {kind: string, name?: string, topic?: string, members?: string[]}, key: string) => Promise<Room>}
     */
    createRoom: (room, key) => requests.call("POST", "rooms", { body: room, headers: { "Idempotency-Key": key } }),

    /** @type {(roomId: string, changes: {name?: string, topic?: string}) => Promise<Room>} */
    updateRoom: (roomId, changes) => requests.call("PATCH", path`rooms/${roomId}`, { body: changes }),

    /** @type {(roomId: string) => Promise<null>} */
    deleteRoom: (roomId) => requests.call("DELETE", path`rooms/${roomId}`),

    /** @type {(roomId: string) => Promise<Room>} */
    joinRoom: (roomId) => requests.call("POST", path`rooms/${roomId}/join`, { body: {} }),

    /** @type {(roomId: string) => Promise<null>} */
    leaveRoom: (roomId) => requests.call("POST", path`rooms/${roomId}/leave`, { body: {} }),

    // ---- members ----

    /**
     * A page of the members: those whose names match `q`, each with `marks`, if asked for and where they are not hidden.
     * @type {(roomId: string, search?: {q?: string, marks?: boolean, cursor?: string|null, limit?: number},
     *   options?: {signal?: AbortSignal}) => Promise<Page<import("./types.js").Member>>}
     */
    members: (roomId, { q, marks, cursor, limit = 200 } = {}, { signal } = {}) =>
      requests.call("GET", path`rooms/${roomId}/members`, { query: { q, marks: marks ? 1 : null, cursor, limit }, signal }),

    /**
     * Adds a member, or changes the role of one.
     * @type {(roomId: string, userId: string, role?: import("./types.js").Role) => Promise<any>}
     */
    putMember: (roomId, userId, role) => requests.call("PUT", path`rooms/${roomId}/members/${userId}`, { body: { role } }),

    /** @type {(roomId: string, userId: string) => Promise<null>} */
    removeMember: (roomId, userId) => requests.call("DELETE", path`rooms/${roomId}/members/${userId}`),

    // ---- the user's place ----

    /** @type {(roomId: string, settings: {level?: import("./types.js").NotifyLevel, muted_until?: string|null}) => Promise<Membership>} */
    setNotificationSettings: (roomId, settings) => requests.call("PUT", path`rooms/${roomId}/notify`, { body: settings }),

    /**
     * "I have it, saw its preview, read it, up to here": each only moves forward, and raises those before it.
     * @type {(roomId: string, markers: Partial<import("./types.js").Markers>) => Promise<Membership>}
     */
    setMarkers: (roomId, markers) => requests.call("PUT", path`rooms/${roomId}/markers`, { body: markers }),

    /** @type {(roomId: string, draft: Draft) => Promise<any>} The user's unsent text: the newest wins. */
    putDraft: (roomId, draft) => requests.call("PUT", path`rooms/${roomId}/draft`, { body: draft, keepalive: true }),

    /** @type {(roomId: string) => Promise<null>} */
    deleteDraft: (roomId) => requests.call("DELETE", path`rooms/${roomId}/draft`, { keepalive: true }),

    /** @type {(roomId: string, seq: number) => Promise<any>} Marks the room as unread from there; the markers stay. */
    markUnread: (roomId, seq) => requests.call("PUT", path`rooms/${roomId}/unread`, { body: { seq } }),

    /** @type {(roomId: string) => Promise<null>} */
    clearUnread: (roomId) => requests.call("DELETE", path`rooms/${roomId}/unread`),
  };
}

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
