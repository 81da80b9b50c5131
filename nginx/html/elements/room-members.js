// Who of some people is in a room: the server is asked, since a page does not have all members of a large room.

/** @typedef {import("../net/types.js").Member} Member */

const PAGES_MAX = 20; // of members whose usernames begin alike

/**
 * The member who a user is; undefined if they are none.
 * @param {any} api
 * @param {string} roomId
 * @param {{ user_id: string, username?: string }} user
 * @returns {Promise<Member | undefined>}
 */
export async function memberOf(api, roomId, { user_id: userId, username }) {
  /** @type {string | undefined} */ let cursor;
  for (let pages = 0; pages < PAGES_MAX && (pages === 0 || cursor); pages += 1) {
    /** @type {{ items: Member[], next_cursor?: string }} */
    const page = await api.members(roomId, { q: username, cursor }); // usernames that begin with this one come with it
    const member = page.items.find(({ user }) => user.user_id === userId);
    if (member) return member;
    cursor = page.next_cursor;
  }
  return undefined;
}

/**
 * Which of the users that match are in the room, as far as they are on one page.
 * @param {any} api
 * @param {string} roomId
 * @param {string} q
 * @returns {Promise<Set<string>>} user_ids
 */
export async function membersAmong(api, roomId, q) {
  const { items } = await api.members(roomId, { q });
  return new Set(items.map((/** @type {Member} */ { user }) => user.user_id));
}
