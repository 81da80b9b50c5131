// Loads how far the other members of a room have come.

const PAGES_MAX = 10; // of members of one room, 200 each

/**
 * @typedef {{user: import("./types.js").User, joined_at: string, marks?: import("./types.js").Markers | null}} Member `marks` is null if they
 *   hide them
 *
 * @typedef {{
 *   members(roomId: string, options: {marks: boolean, cursor: string | null}): Promise<{items: Member[], next_cursor: string | null}>,
 * }} MembersAPI
 */

export class MemberMarksLoads {
  #api;
  #store;
  /** @type {Map<string, Promise<void>>} room_id → its load */
  #loads = new Map();

  /** @param {{api: MembersAPI, store: import("./store.js").Store}} options */
  constructor({ api, store }) {
    this.#api = api;
    this.#store = store;
  }

  /** Once for a room: events keep them up to date. After a failure the page shows fewer ticks, no error. */
  load(/** @type {string} */ roomId) {
    const room = this.#store.rooms.get(roomId);
    const areTold = (room?.member_count ?? 0) <= (this.#store.limits.receipts_told_members ?? Infinity);
    if (!room || (areTold && this.#store.marks.get(roomId)?.isComplete)) return Promise.resolve();
    const load = this.#loads.get(roomId) ?? this.#load(roomId).finally(() => this.#loads.delete(roomId));
    this.#loads.set(roomId, load);
    return load;
  }

  async #load(/** @type {string} */ roomId) {
    const marks = this.#store.marksOf(roomId); // from now on events add to them
    let cursor = null;
    try {
      for (let pages = 0; pages < PAGES_MAX && (pages === 0 || cursor !== null); pages += 1) {
        /** @type {Awaited<ReturnType<MembersAPI["members"]>>} */
        const page = await this.#api.members(roomId, { marks: true, cursor });
        if (this.#store.marks.get(roomId) !== marks) return; // the state was loaded anew
        for (const { user, joined_at: joinedAt, marks: told = null } of page.items) {
          if (!this.#store.users.has(user.user_id)) this.#store.putUser(user); // /sync names those who have written last
          this.#store.putMember(roomId, { userId: user.user_id, joinedAt, marks: told });
        }
        cursor = page.next_cursor;
      }
      marks.isComplete = cursor === null;
    } catch {
      // The next time that the room is opened, they are loaded again.
    }
    this.#store.changes.tell(`timeline:${roomId}`, { room: roomId, seq: null, what: "seen" });
  }
}
