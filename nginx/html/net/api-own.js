// REST calls about the user's own profile, preferences and data.

const UNKNOWN_TYPE = "application/octet-stream";

/** @typedef {import("./types.js").OwnUser} OwnUser */
/** @typedef {import("./upload.js").UploadOptions} UploadOptions */

/** @param {import("./requests.js").Requests} requests */
export function ownCalls(requests) {
  return {
    /** @returns {Promise<OwnUser>} */
    me: () => requests.call("GET", "users/me"),

    /** @type {(changes: {display_name?: string, status_text?: string, hide_read_receipts?: boolean}) => Promise<OwnUser>} */
    updateMe: (changes) => requests.call("PATCH", "users/me", { body: changes }),

    /** @type {(file: Blob, options?: UploadOptions) => Promise<OwnUser>} */
    setAvatar: (file, options) => requests.upload("PUT", "users/me/avatar", file, { "Content-Type": UNKNOWN_TYPE }, options),

    /** @returns {Promise<any>} */
    removeAvatar: () => requests.call("DELETE", "users/me/avatar"),

    /** @returns {Promise<Object<string, any>>} */
    preferences: () => requests.call("GET", "users/me/preferences"),

    /** @type {(changes: Object<string, any>) => Promise<Object<string, any>>} */
    updatePreferences: (changes) => requests.call("PATCH", "users/me/preferences", { body: changes }),

    /**
     * What is unread, for the badge of another page.
     * @returns {Promise<{unread: number, mentions: number, rooms: {room_id: string, unread: number, mentions: number}[]}>}
     */
    badges: () => requests.call("GET", "users/me/badges"),

    /**
     * A page of everything that is stored about the user: the first has the account, all have messages.
     * @type {(cursor?: string|null) => Promise<Object<string, any> & {next_cursor: string|null}>}
     */
    exportAccount: (cursor) => requests.call("GET", "users/me/export", { query: { cursor } }),

    /** @type {(password: string) => Promise<null>} Deletes the account for good; its messages stay, of a “Deleted user”. */
    deleteAccount: (password) => requests.call("DELETE", "users/me", { body: { password } }),
  };
}
