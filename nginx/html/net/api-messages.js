// REST calls about messages and files.

import { path } from "./requests.js";

const UNKNOWN_TYPE = "application/octet-stream";

/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./upload.js").UploadOptions} UploadOptions */
/** @typedef {{content: string, client_id?: string, reply_to?: number|null, attachments?: string[]}} NewMessage */
/**
 * @template T
 * @typedef {import("./types.js").Page<T>} Page
 */

/** @param {import("./requests.js").Requests} requests */
export function messageCalls(requests) {
  return {
    /**
     * A page of messages before, after or around a seq; without one, the newest.
     * @type {(roomId: string, place?: {before?: number, after?: number, around?: number, limit?: number},
     *   options?: {signal?: AbortSignal}) => Promise<import("./types.js").MessagePage>}
     */
    messages: (roomId, { before, after, around, limit = 50 } = {}, { signal } = {}) =>
      requests.call("GET", path`rooms/${roomId}/messages`, { query: { before, after, around, limit }, signal }),

    /** @type {(roomId: string, seq: number) => Promise<Message>} */
    message: (roomId, seq) => requests.call("GET", path`rooms/${roomId}/messages/${seq}`),

    /**
     * Posts a message; stored once, however often it is sent with the same `client_id`.
     * @type {(roomId: string, message: NewMessage) => Promise<Message>}
     */
    postMessage: (roomId, message) => requests.call("POST", path`rooms/${roomId}/messages`, { body: message }),

    /** @type {(roomId: string, seq: number, content: string) => Promise<Message>} */
    editMessage: (roomId, seq, content) => requests.call("PATCH", path`rooms/${roomId}/messages/${seq}`, { body: { content } }),

    /** @type {(roomId: string, seq: number) => Promise<any>} */
    deleteMessage: (roomId, seq) => requests.call("DELETE", path`rooms/${roomId}/messages/${seq}`),

    /** @type {(roomId: string, seq: number, emoji: string) => Promise<any>} */
    addReaction: (roomId, seq, emoji) => requests.call("PUT", path`rooms/${roomId}/messages/${seq}/reactions/${emoji}`),

    /** @type {(roomId: string, seq: number, emoji: string) => Promise<any>} */
    removeReaction: (roomId, seq, emoji) => requests.call("DELETE", path`rooms/${roomId}/messages/${seq}/reactions/${emoji}`),

    /**
     * A page of who has received or read a message.
     * @type {(roomId: string, seq: number, cursor?: string|null) =>
     *   Promise<Page<{user_id: string, state: "sent"|"delivered"|"preview_read"|"read", at: string|null}>>}
     */
    receipts: (roomId, seq, cursor) =>
      requests.call("GET", path`rooms/${roomId}/messages/${seq}/receipts`, { query: { cursor, limit: 200 } }),

    /** @type {(roomId: string, seq: number, cursor?: string|null) => Promise<Page<Message>>} A page of the replies to a message. */
    replies: (roomId, seq, cursor) => requests.call("GET", path`rooms/${roomId}/messages/${seq}/replies`, { query: { cursor } }),

    /**
     * A page of what is found, with the matching words marked. `from` is a user_id, `after` and `before` are times.
     * @type {(search: {q: string, roomId?: string|null, from?: string, after?: string, before?: string, sort?: string,
     *   cursor?: string|null}, options?: {signal?: AbortSignal}) => Promise<Page<any>>}
     */
    searchMessages: ({ q, roomId, from, after, before, sort, cursor }, { signal } = {}) =>
      requests.call("GET", "search/messages", { query: { q, room_id: roomId, from, after, before, sort, cursor, limit: 20 }, signal }),

    // ---- pinned and saved ----

    /** @type {(roomId: string, cursor?: string|null) => Promise<Page<any>>} */
    pins: (roomId, cursor) => requests.call("GET", path`rooms/${roomId}/pins`, { query: { cursor } }),

    /** @type {(roomId: string, seq: number) => Promise<any>} */
    pin: (roomId, seq) => requests.call("PUT", path`rooms/${roomId}/pins/${seq}`),

    /** @type {(roomId: string, seq: number) => Promise<null>} */
    unpin: (roomId, seq) => requests.call("DELETE", path`rooms/${roomId}/pins/${seq}`),

    /** @type {(cursor?: string|null) => Promise<Page<any>>} The messages that the user has saved. */
    saved: (cursor) => requests.call("GET", "users/me/saved", { query: { cursor } }),

    /** @type {(roomId: string, seq: number) => Promise<any>} */
    save: (roomId, seq) => requests.call("PUT", path`users/me/saved/${roomId}/${seq}`),

    /** @type {(roomId: string, seq: number) => Promise<null>} */
    unsave: (roomId, seq) => requests.call("DELETE", path`users/me/saved/${roomId}/${seq}`),

    // ---- files ----

    /**
     * Uploads a file to attach. `type` is what the file is said to be; without it, the server finds that out.
     * @type {(file: Blob & {name?: string}, options?: UploadOptions & {type?: string, name?: string}) =>
     *   Promise<import("./types.js").Attachment>}
     */
    uploadFile: (file, { type, name = file.name ?? "file", ...options } = {}) => {
      const headers = { "X-Filename": encodeURIComponent(name), "Content-Type": type || UNKNOWN_TYPE };
      return requests.upload("POST", "files", file, headers, options);
    },

    /** @type {(fileId: string) => Promise<null>} Deletes a file that was uploaded and is in no message. */
    deleteFile: (fileId) => requests.call("DELETE", path`files/${fileId}`),

    /**
     * The content of a file, thumbnail or avatar, by the path that the server has named.
     * @type {(path: string, options?: {signal?: AbortSignal}) => Promise<Blob>}
     */
    blob: (path, options) => requests.blob(path, options),
  };
}
