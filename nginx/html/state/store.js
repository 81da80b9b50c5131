// Holds the state of the signed-in user: profile, users, rooms with their timelines and markers, typing and presence.

import { DeletedMessages } from "./deleted-messages.js";
import { Emitter } from "./emitter.js";
import { Timeline } from "./timeline.js";

/** Topics: `me`, `rooms`, `users`, `typing`, `invitations`, `uploads`, and `room:<room_id>` for the messages of one room. */
export class Store extends Emitter {
  me = null;
  limits = {}; // of the server, by name
  users = new Map();
  rooms = new Map();
  presence = new Map();
  invitations = new Map(); // room_id → invitation
  markers = new Map(); // room_id → user_id → {delivered_seq, read_seq} of the other members, as far as known
  #timelines = new Map();
  #deleted = new Map(); // room_id → DeletedMessages
  #typing = new Map();

  /** Replaces the state by the response of /sync. */
  load({ me, rooms, users }) {
    const oldRooms = this.rooms;
    const isSameUser = this.me?.user_id === me.user_id;
    this.me = me;
    this.users = new Map((users ?? []).map((user) => [user.user_id, user]));
    this.users.set(me.user_id, me);
    this.rooms = new Map();
    this.#deleted.clear();
    for (const room of rooms) {
      this.#deleted.set(room.room_id, new DeletedMessages(room));
      const before = isSameUser ? oldRooms.get(room.room_id) : undefined;
      this.rooms.set(room.room_id, before ? keepReadMarker(room, before) : room);
    }
    for (const [roomId, timeline] of this.#timelines) {
      timeline.clear(); // edits and deletions may have been missed: shown messages are fetched again
      this.notify(`room:${roomId}`);
    }
    this.#typing.clear();
    this.markers.clear();
    this.presence.clear();
    this.notify("me", "rooms", "users", "typing");
  }

  // ---- rooms ----

  putRoom(room) {
    this.#deleted.set(room.room_id, new DeletedMessages(room));
    const before = this.rooms.get(room.room_id);
    this.rooms.set(room.room_id, before ? keepReadMarker(room, before) : room);
    this.notify("rooms", `room:${room.room_id}`);
  }

  /** Takes the fields that are the same for all members; those that depend on the user stay as they are. */
  updateRoom(room) {
    const before = this.rooms.get(room.room_id);
    if (!before) return;
    const { me, with: other, last_message: lastMessage, last_seq: lastSeq, ...shared } = room;
    this.rooms.set(room.room_id, { ...before, ...shared });
    this.advanceLastSeq(room.room_id, lastSeq ?? 0);
    this.notify("rooms");
  }

  advanceLastSeq(roomId, seq) {
    const room = this.rooms.get(roomId);
    if (room && seq > room.last_seq) room.last_seq = seq;
  }

  removeRoom(roomId) {
    this.rooms.delete(roomId);
    this.#timelines.delete(roomId);
    this.#deleted.delete(roomId);
    this.#typing.delete(roomId);
    this.markers.delete(roomId);
    this.notify("rooms", `room:${roomId}`);
  }

  setInvitations(invitations) {
    this.invitations = new Map(invitations.map((invitation) => [invitation.room_id, invitation]));
    this.notify("invitations");
  }

  putInvitation(invitation) {
    this.invitations.set(invitation.room_id, invitation);
    this.notify("invitations");
  }

  removeInvitation(roomId) {
    if (this.invitations.delete(roomId)) this.notify("invitations");
  }

  roomsByActivity() {
    const at = (room) => room.last_message?.created_at ?? room.created_at ?? "";
    return [...this.rooms.values()].sort((a, b) => (at(a) < at(b) ? 1 : at(a) > at(b) ? -1 : 0));
  }

  roomName(room) {
    if (room.kind === "direct") return room.with ? this.displayName(room.with.user_id, room.with) : "Direct conversation";
    return room.name || "Unnamed room";
  }

  unreadCount(room) {
    const readSeq = room.me?.read_seq ?? room.last_seq;
    return Math.max(0, room.last_seq - readSeq - (this.#deleted.get(room.room_id)?.after(readSeq) ?? 0));
  }

  /** Takes `me` of a room as the server says it is now. A read marker of this device may still be on its way. */
  updateMembership(room, me) {
    Object.assign(room.me, me, { read_seq: Math.max(room.me.read_seq, me.read_seq ?? 0) });
    this.#deleted.get(room.room_id)?.recount(me, room.last_seq);
  }

  /** The unread messages that the notification level lets through: the same number as in the server's badges. */
  badgeCount(room) {
    const { notify: level = "all", muted_until: mutedUntil, mentions = 0 } = room.me ?? {};
    const unread = this.unreadCount(room);
    if (unread === 0 || level === "none" || (mutedUntil && new Date(mutedUntil) > new Date())) return 0;
    return level === "mentions" && mentions === 0 ? 0 : unread;
  }

  // ---- markers ----

  /** Moves the user's own read marker forward. */
  advanceRead(roomId, seq) {
    const room = this.rooms.get(roomId);
    if (!room?.me || seq <= room.me.read_seq) return;
    room.me.read_seq = seq;
    if (seq >= room.last_seq) room.me.mentions = 0; // for an earlier seq, only the server knows how many are left
    this.notify("rooms");
  }

  /** Moves the markers of another member forward. */
  advanceMarkers(roomId, userId, { delivered_seq: delivered = 0, read_seq: read = 0 }) {
    const markers = this.markers.get(roomId);
    if (!markers) return; // the room has not been opened yet: `Receipts` loads them then
    const before = markers.get(userId) ?? { delivered_seq: 0, read_seq: 0 };
    markers.set(userId, { delivered_seq: Math.max(before.delivered_seq, delivered, read), read_seq: Math.max(before.read_seq, read) });
    this.notify(`room:${roomId}`);
  }

  /**
   * Of an own message: `{status: "sent" | "delivered" | "read", readers}`; `readers` is a number. In a group, "read" means by
   * anyone, "delivered" to all.
   */
  deliveryStatus(room, seq) {
    const markers = [...(this.markers.get(room.room_id)?.values() ?? [])];
    const readers = markers.filter(({ read_seq: read }) => read >= seq).length;
    const recipients = markers.filter(({ delivered_seq: delivered }) => delivered >= seq).length;
    const others = room.kind === "direct" ? 1 : room.member_count - 1;
    return { status: readers > 0 ? "read" : recipients > 0 && recipients >= others ? "delivered" : "sent", readers };
  }

  // ---- messages ----

  timeline(roomId) {
    if (!this.#timelines.has(roomId)) this.#timelines.set(roomId, new Timeline());
    return this.#timelines.get(roomId);
  }

  /** Adds a message from an event or a reply, in any order and any number of times. False if messages before it are missing. */
  addMessage(message) {
    const room = this.rooms.get(message.room_id);
    if (!room) return true;
    this.advanceLastSeq(message.room_id, message.seq);
    const { user_id, username, display_name } = message;
    if (!this.users.has(user_id)) this.putUser({ user_id, username, display_name });
    const isNewest = message.seq > (room.last_message?.seq ?? 0);
    if (isNewest) room.last_message = message;
    if (isNewest && room.me && message.seq > room.me.read_seq && message.mentions?.includes(this.me.user_id)) room.me.mentions += 1;
    // The author of a message has read everything before it.
    if (message.user_id === this.me.user_id) this.advanceRead(message.room_id, message.seq);
    else this.advanceMarkers(message.room_id, message.user_id, { read_seq: message.seq });
    this.#typing.get(message.room_id)?.delete(message.user_id);
    this.notify("rooms", "typing", `room:${message.room_id}`);
    return this.timeline(message.room_id).insert(message);
  }

  editMessage(message) {
    this.timeline(message.room_id).edit(message);
    const room = this.rooms.get(message.room_id);
    if (room?.last_message?.seq === message.seq) room.last_message = message;
    this.notify("rooms", `room:${message.room_id}`);
  }

  setReaction({ room_id: roomId, seq, emoji, user_id: userId }, isAdded) {
    this.timeline(roomId).setReaction(seq, emoji, userId, isAdded);
    this.notify(`room:${roomId}`);
  }

  deleteMessage(roomId, seq) {
    this.#deleted.get(roomId)?.add(seq);
    this.timeline(roomId).delete(seq);
    const room = this.rooms.get(roomId);
    if (room?.last_message?.seq === seq) room.last_message = { ...room.last_message, content: "", deleted: true };
    this.notify("rooms", `room:${roomId}`);
  }

  // ---- users ----

  putUser(user) {
    if (!user?.user_id) return;
    this.users.set(user.user_id, { ...this.users.get(user.user_id), ...user });
    if (user.user_id === this.me.user_id) {
      this.me = { ...this.me, ...user };
      this.notify("me");
    }
    this.notify("users", "rooms");
  }

  /** The current name of a user; of an unknown one, the name that `fallback` (a message or another record) holds. */
  displayName(userId, fallback = {}) {
    const user = this.users.get(userId);
    return user?.display_name || user?.username || fallback.display_name || fallback.username || "Deleted user";
  }

  /** The path of a user's picture, or null; of an unknown user, as `fallback` says. */
  avatarURL(userId, fallback = {}) {
    const url = this.users.get(userId)?.avatar_url;
    return (url === undefined ? fallback.avatar_url : url) ?? null;
  }

  /** `presence`: `{state: "active" | "idle" | "offline", last_seen_at}`. A user without an entry is unknown, not offline. */
  setPresence(userId, presence) {
    this.presence.set(userId, presence);
    this.notify("users", "rooms");
  }

  clearPresence() {
    this.presence.clear();
    this.notify("users", "rooms");
  }

  setTyping({ room_id: roomId, user_id: userId, username, expires_in_ms: expiresInMs = 5_000 }) {
    if (userId === this.me.user_id) return;
    if (!this.#typing.has(roomId)) this.#typing.set(roomId, new Map());
    this.#typing.get(roomId).set(userId, { username, until: Date.now() + expiresInMs });
    this.notify("typing");
    setTimeout(() => this.notify("typing"), expiresInMs + 50); // there is no event for the end of typing: it expires
  }

  /** The names of the users who are typing in a room. */
  typingNames(roomId) {
    const now = Date.now();
    const typing = [...(this.#typing.get(roomId) ?? [])].filter(([, { until }]) => until > now);
    return typing.map(([userId, { username }]) => this.displayName(userId, { username }));
  }
}

// A read marker may still be on its way to the server when the state is read: it only ever moves forward.
function keepReadMarker(room, before) {
  if (!room.me || !before.me) return { ...room, me: room.me ?? before.me, with: room.with ?? before.with };
  return { ...room, me: { ...room.me, read_seq: Math.max(room.me.read_seq, before.me.read_seq) } };
}
