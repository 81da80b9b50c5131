// REST calls about users: others, the user's own account and data, and how they sign in.

import { Problem } from "./http.js";
import { listPages, path } from "./requests.js";

const UNKNOWN_TYPE = "application/octet-stream";
const BLOCK_PAGES_MAX = 100; // of 200 users each

/** @typedef {import("./types.js").User} User */
/** @typedef {import("./types.js").OwnUser} OwnUser */
/** @typedef {import("./upload.js").UploadOptions} UploadOptions */
/**
 * @template T
 * @typedef {import("./types.js").Page<T>} Page
 */

/** @param {import("./requests.js").Requests} requests */
export function userCalls(requests) {
  /** @type {(search?: {q?: string, cursor?: string|null, limit?: number}, options?: {signal?: AbortSignal}) => Promise<Page<User>>} */
  const users = ({ q, cursor, limit = 50 } = {}, { signal } = {}) => requests.call("GET", "users", { query: { q, cursor, limit }, signal });

  /** @type {(cursor?: string|null) => Promise<Page<{user: User}>>} */
  const blocks = (cursor) => requests.call("GET", "users/me/blocks", { query: { cursor, limit: 200 } });

  return {
    /** A page of the users whose username or display name begins with `q` or is like it. */
    users,

    /** @type {(userId: string) => Promise<User & {presence: import("./types.js").PresenceState, last_seen_at: string|null}>} */
    user: (userId) => requests.call("GET", path`users/${userId}`),

    /**
     * The user with exactly this username; throws a Problem if there is none.
     * @param {string} name
     */
    userByName: async (name) => {
      const username = name.trim().replace(/^@/, "").toLowerCase();
      const { items } = await users({ q: username });
      const user = items.find((candidate) => candidate.username.toLowerCase() === username);
      if (user) return user;
      throw new Problem({ status: 404, code: "no_such_user", detail: `There is no user called “${username}”.` });
    },

    /** @type {(cursor?: string|null) => Promise<Page<any>>} Those who are online and share a room with the user. */
    onlineUsers: (cursor) => requests.call("GET", "users/online", { query: { cursor, limit: 200 } }),

    /** @type {(userId: string) => Promise<null>} */
    block: (userId) => requests.call("PUT", path`users/${userId}/block`),

    /** @type {(userId: string) => Promise<null>} */
    unblock: (userId) => requests.call("DELETE", path`users/${userId}/block`),

    blocks,

    /**
     * Whether the user has blocked this one.
     * @param {string} userId
     */
    isBlocked: async (userId) => {
      for await (const { items } of listPages(blocks, { pagesMax: BLOCK_PAGES_MAX })) {
        if (items.some(({ user }) => user.user_id === userId)) return true;
      }
      return false;
    },
  };
}

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

/** @param {import("./requests.js").Requests} requests */
export function accountCalls(requests) {
  return {
    /** @type {(oldPassword: string, newPassword: string) => Promise<any>} Ends all other sessions. */
    changePassword: (oldPassword, newPassword) =>
      requests.call("POST", "auth/password/change", { body: { old_password: oldPassword, new_password: newPassword } }),

    /** @type {(cursor?: string|null) => Promise<import("./types.js").Page<any>>} A page of the signed-in devices. */
    sessions: (cursor) => requests.call("GET", "auth/sessions", { query: { cursor } }),

    /** @type {(sessionId: string) => Promise<null>} */
    endSession: (sessionId) => requests.call("DELETE", path`auth/sessions/${sessionId}`),

    /** @returns {Promise<any>} Ends all sessions but this one. */
    endOtherSessions: () => requests.call("DELETE", "auth/sessions"),

    /** @returns {Promise<{ticket: string, expires_in: number}>} For `/ws?ticket=` of another program: valid once, for 30 s. */
    createTicket: () => requests.call("POST", "auth/ws-ticket"),

    /**
     * Returns the user: the address is `pending_email` until it is confirmed.
     * @type {(email: string, password: string) => Promise<import("./types.js").OwnUser>}
     */
    changeEmail: (email, password) => requests.call("PATCH", "users/me", { body: { email, password } }),

    /** @returns {Promise<any>} */
    resendVerification: () => requests.call("POST", "auth/verify-email/resend", { body: {} }),

    /** @type {(token: string) => Promise<any>} Confirms an e-mail address by the token of a mail. Needs no session. */
    verifyEmail: (token) => requests.open("POST", "auth/verify-email", { body: { token } }),

    /**
     * Asks for a mail with a link to choose another password. Needs no session, and does not say whether there is such an account.
     * @type {(email: string) => Promise<any>}
     */
    forgotPassword: (email) => requests.open("POST", "auth/password/forgot", { body: { email } }),

    /**
     * Sets another password by the token of a mail. Needs no session, and ends all there are.
     * @type {(token: string, password: string) => Promise<any>}
     */
    resetPassword: (token, password) => requests.open("POST", "auth/password/reset", { body: { token, password } }),
  };
}
