// REST calls about other users.

import { Problem } from "./problem.js";
import { path } from "./requests.js";

/** @typedef {import("./types.js").User} User */
/**
 * @template T
 * @typedef {import("./types.js").Page<T>} Page
 */

/** @param {import("./requests.js").Requests} requests */
export function userCalls(requests) {
  /** @type {(search?: {q?: string, cursor?: string|null, limit?: number}, options?: {signal?: AbortSignal}) => Promise<Page<User>>} */
  const users = ({ q, cursor, limit = 50 } = {}, { signal } = {}) => requests.call("GET", "users", { query: { q, cursor, limit }, signal });

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

    /** @type {(cursor?: string|null) => Promise<Page<{user: User}>>} */
    blocks: (cursor) => requests.call("GET", "users/me/blocks", { query: { cursor, limit: 200 } }),

    /**
     * Whether the user has blocked this one.
     * @param {string} userId
     */
    isBlocked: async (userId) => {
      let cursor = null;
      do {
        /** @type {Page<{user: User}>} */
        const page = await requests.call("GET", "users/me/blocks", { query: { cursor, limit: 200 } });
        if (page.items.some(({ user }) => user.user_id === userId)) return true;
        cursor = page.next_cursor;
      } while (cursor);
      return false;
    },
  };
}
