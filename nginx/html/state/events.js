// Applies the server's events to the store; events it does not know are ignored.

import { RoomLoader } from "./room-loader.js";

/**
 * @typedef {import("./types.js").Room} Room
 * @typedef {import("./types.js").Message} Message
 * @typedef {import("./types.js").User} User
 * @typedef {{event: string, data?: any}} Frame
 * @typedef {{room_id: string, seq: number}} Place
 * @typedef {Place & {emoji: string, user_id: string}} Reaction
 * @typedef {import("./types.js").Markers & {room_id: string, user_id: string}} Receipt
 * @typedef {{room_id: string, user: User, role: string, reason?: string, me?: import("./types.js").Membership}} MemberEvent
 *
 * @typedef {{
 *   store: import("./store.js").Store,
 *   clock: import("./types.js").Clock,
 *   fetchRoom(roomId: string): Promise<Room>,
 *   onGap(roomId: string): void,
 *   onOwnMessage(message: Message): void,
 *   onRoomRemoved(room: Room, reason: string): void,
 *   onDraft(roomId: string, draft: any): void,
 *   onPreferences(preferences: any): void,
 * }} Options
 */

/**
 * `fetchRoom(room_id)` fetches a room that the user has joined; `onGap(room_id)` fetches missing messages; `onOwnMessage(message)`,
 * `onRoomRemoved(room, reason)`, `onDraft(room_id, data)` and `onPreferences(data)` report what concerns the signed-in user.
 */
export class EventReducer {
  #store;
  #options;
  #rooms;

  /** @param {Options} options */
  constructor(options) {
    const { store, clock, fetchRoom } = options;
    this.#store = store;
    this.#options = options;
    this.#rooms = new RoomLoader({
      clock,
      fetchRoom,
      putRoom: (room) => store.putRoom(room),
      isMe: (user) => this.#isMe(user),
      apply: (frame) => this.apply(frame),
    });
  }

  /** Whether a room is being fetched, so that the store lacks what the events say. */
  get isLoading() {
    return this.#rooms.isLoading;
  }

  /** @param {Frame} frame */
  apply(frame) {
    if (!this.#rooms.holds(frame)) Reflect.get(this, `on_${frame.event}`)?.call(this, frame.data);
  }

  /**
   * Fetches a room and adds it to the store if the user is a member.
   *
   * @param {string} roomId
   * @returns {Promise<Room>}
   */
  loadRoom(roomId) {
    return this.#rooms.load(roomId);
  }

  // ---- messages ----

  on_new_message(/** @type {Message} */ message) {
    if (message.user_id === this.#store.me.user_id) this.#options.onOwnMessage(message);
    if (!this.#store.addMessage(message)) this.#options.onGap(message.room_id);
  }

  on_message_edited(/** @type {Message} */ message) {
    this.#store.editMessage(message);
  }

  on_message_deleted(/** @type {Place} */ { room_id: roomId, seq }) {
    this.#store.deleteMessage(roomId, seq);
  }

  on_messages_expired(/** @type {{room_id: string, first_seq: number}} */ { room_id: roomId, first_seq: firstSeq }) {
    if (this.#store.expireMessages(roomId, firstSeq)) this.#rooms.join(roomId);
  }

  on_reaction_added = (/** @type {Reaction} */ reaction) => this.#store.setReaction(reaction, true);
  on_reaction_removed = (/** @type {Reaction} */ reaction) => this.#store.setReaction(reaction, false);
  on_message_pinned = (/** @type {Place} */ place) => this.#setFlag("pinned", place, true);
  on_message_unpinned = (/** @type {Place} */ place) => this.#setFlag("pinned", place, false);
  on_message_saved = (/** @type {Place} */ place) => this.#setFlag("saved", place, true);
  on_message_unsaved = (/** @type {Place} */ place) => this.#setFlag("saved", place, false);

  on_receipt(/** @type {Receipt} */ { room_id: roomId, user_id: userId, ...marks }) {
    if (userId === this.#store.me.user_id) this.#store.confirmOwnMarks(roomId, marks);
    else this.#store.advanceMarks(roomId, userId, marks);
  }

  // ---- rooms ----

  on_room_created(/** @type {Room} */ room) {
    this.on_room_updated(room); // a room that is new to the user is added by `member_joined`
  }

  on_room_updated(/** @type {Room} */ room) {
    this.#store.updateRoom(room);
  }

  on_room_deleted(/** @type {Room} */ { room_id: roomId }) {
    this.#removeRoom(roomId, "deleted");
  }

  on_member_joined(/** @type {MemberEvent} */ { room_id: roomId, user }) {
    this.#store.putUser(user);
    if (!this.#isMe(user)) return this.#store.memberJoined(roomId, user);
    this.#store.removeInvitation(roomId);
    this.#rooms.join(roomId);
  }

  on_invited(/** @type {import("./types.js").Invitation} */ invitation) {
    this.#store.putInvitation(invitation);
  }

  on_member_updated(/** @type {MemberEvent} */ { room_id: roomId, user, role, me }) {
    this.#store.putUser(user);
    // `me` goes to the user's own devices alone.
    if (this.#isMe(user)) this.#store.updateMembership(roomId, { ...me, role });
    this.#store.changes.tell("rooms", { room: roomId, what: "changed" });
  }

  on_member_left(/** @type {MemberEvent} */ { room_id: roomId, user, reason }) {
    if (this.#isMe(user)) this.#removeRoom(roomId, reason ?? "left");
    else this.#store.memberLeft(roomId, user);
  }

  on_draft_updated(/** @type {any} */ { room_id: roomId, ...draft }) {
    this.#options.onDraft(roomId, draft);
  }

  on_user_updated(/** @type {User} */ user) {
    this.#store.putUser(user);
  }

  on_preferences_updated(/** @type {any} */ preferences) {
    this.#options.onPreferences(preferences);
  }

  on_user_typing(/** @type {{room_id: string, user_id: string}} */ typing) {
    this.#store.setTyping(typing);
  }

  on_presence(/** @type {any} */ { changes = [], room_id: roomId, online }) {
    for (const { user_id: userId, ...presence } of changes) this.#store.setPresence(userId, presence);
    if (roomId) this.#store.setOnline(roomId, online);
  }

  #isMe(/** @type {User} */ user) {
    return user.user_id === this.#store.me.user_id;
  }

  #setFlag(/** @type {"pinned" | "saved"} */ flag, /** @type {Place} */ { room_id: roomId, seq }, /** @type {boolean} */ isSet) {
    this.#store.flags.set(flag, roomId, seq, isSet);
  }

  #removeRoom(/** @type {string} */ roomId, /** @type {string} */ reason) {
    this.#rooms.forget(roomId);
    const room = this.#store.rooms.get(roomId);
    if (!room) return;
    this.#store.removeRoom(roomId);
    this.#options.onRoomRemoved(room, reason);
  }
}
