// Holds what is known of users: names and pictures, who is online, and who types where.

/**
 * @typedef {import("./types.js").User} User
 * @typedef {import("./types.js").Presence} Presence
 */

export class People {
  #changes;
  #clock;
  /** @type {Map<string, Map<string, {username?: string, timer: any}>>} room_id → user_id → who types */
  #typing = new Map();

  /** @type {Map<string, User>} */
  users = new Map();
  /** @type {Map<string, Presence>} */
  presence = new Map();
  /** @type {Map<string, number>} room_id → how many are online, of rooms too large to be told names */
  online = new Map();

  /** @param {{changes: import("./changes.js").Changes, clock: import("./types.js").Clock}} options */
  constructor({ changes, clock }) {
    this.#changes = changes;
    this.#clock = clock;
  }

  /** @param {User[]} users */
  reset(users) {
    this.users = new Map(users.map((user) => [user.user_id, user]));
    this.presence.clear();
    this.online.clear();
    for (const roomId of [...this.#typing.keys()]) this.forgetRoom(roomId);
    this.#changes.tell("users", { user: null, what: "changed" });
  }

  /** @param {User | null | undefined} user */
  put(user) {
    if (!user?.user_id) return;
    this.users.set(user.user_id, { ...this.users.get(user.user_id), ...user });
    this.#changes.tell("users", { user: user.user_id, what: "changed" });
  }

  /**
   * The current name of a user; of an unknown one, the name that `fallback` (a message or another record) holds. Empty if there is none.
   *
   * @param {string} userId
   * @param {{username?: string, display_name?: string}} [fallback]
   */
  displayName(userId, fallback = {}) {
    const user = this.users.get(userId);
    return user?.display_name || user?.username || fallback.display_name || fallback.username || "";
  }

  /**
   * The path of a user's picture, or null; of an unknown user, as `fallback` says.
   *
   * @param {string} userId
   * @param {{avatar_url?: string | null}} [fallback]
   */
  avatarURL(userId, fallback = {}) {
    const url = this.users.get(userId)?.avatar_url;
    return (url === undefined ? fallback.avatar_url : url) ?? null;
  }

  // ---- presence: a user without an entry is unknown, not offline ----

  /**
   * @param {string} userId
   * @param {Presence} presence
   */
  setPresence(userId, presence) {
    this.presence.set(userId, presence);
    this.#changes.tell("users", { user: userId, what: "presence" });
  }

  /**
   * @param {string} roomId
   * @param {number} count
   */
  setOnline(roomId, count) {
    this.online.set(roomId, count);
    this.#changes.tell("rooms", { room: roomId, what: "changed" });
  }

  clearPresence() {
    this.presence.clear();
    this.online.clear();
    this.#changes.tell("users", { user: null, what: "presence" });
  }

  // ---- typing: no event tells its end, it expires ----

  /** @param {{room_id: string, user_id: string, username?: string, expires_in_ms?: number}} typing */
  setTyping({ room_id: roomId, user_id: userId, username, expires_in_ms: expiresInMs = 5_000 }) {
    const typing = this.#typing.get(roomId) ?? new Map();
    this.#typing.set(roomId, typing);
    this.#clock.clearTimeout(typing.get(userId)?.timer);
    typing.set(userId, { username, timer: this.#clock.setTimeout(() => this.stopTyping(roomId, userId), expiresInMs) });
    this.#changes.tell(`typing:${roomId}`);
  }

  /**
   * @param {string} roomId
   * @param {string} userId
   */
  stopTyping(roomId, userId) {
    const typing = this.#typing.get(roomId);
    if (!typing?.has(userId)) return;
    this.#clock.clearTimeout(typing.get(userId)?.timer);
    typing.delete(userId);
    if (typing.size === 0) this.#typing.delete(roomId);
    this.#changes.tell(`typing:${roomId}`);
  }

  /**
   * The names of the users who are typing in a room.
   *
   * @param {string} roomId
   */
  typingNames(roomId) {
    return [...(this.#typing.get(roomId) ?? [])].map(([userId, { username }]) => this.displayName(userId, { username }));
  }

  /** @param {string} roomId */
  forgetRoom(roomId) {
    for (const userId of [...(this.#typing.get(roomId)?.keys() ?? [])]) this.stopTyping(roomId, userId);
    this.online.delete(roomId);
  }
}
