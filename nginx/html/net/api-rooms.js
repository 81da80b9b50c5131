// REST calls about rooms, their members and the user's place in them.

import { path } from "./requests.js";

/** @typedef {import("./types.js").Room} Room */
/** @typedef {import("./types.js").Membership} Membership */
/** @typedef {import("./types.js").Draft} Draft */
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
    putDraft: (roomId, draft) => requests.call("PUT", path`rooms/${roomId}/draft`, { body: draft }),

    /** @type {(roomId: string) => Promise<null>} */
    deleteDraft: (roomId) => requests.call("DELETE", path`rooms/${roomId}/draft`),

    /** @type {(roomId: string, seq: number) => Promise<any>} Marks the room as unread from there; the markers stay. */
    markUnread: (roomId, seq) => requests.call("PUT", path`rooms/${roomId}/unread`, { body: { seq } }),

    /** @type {(roomId: string) => Promise<null>} */
    clearUnread: (roomId) => requests.call("DELETE", path`rooms/${roomId}/unread`),
  };
}
