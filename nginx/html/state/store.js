// Holds what this person knows: herself, people, rooms and their timelines, who is typing and who is here.

import { Timeline } from "./timeline.js";
import { Topics } from "./topics.js";

/** Topics: `me`, `rooms`, `people`, `typing`, and `room:<room_id>` for one room's messages. */
export class Store extends Topics {
  me = null;
  users = new Map();
  rooms = new Map();
  presence = new Map();
  marks = new Map(); // room_id → user_id → how far others have got, where it is known
  #timelines = new Map();
  #typing = new Map();

  /** Takes the answer of /sync in place of everything known. */
  load({ me, rooms, users }) {
    const known = this.rooms;
    const samePerson = this.me?.user_id === me.user_id;
    this.me = me;
    this.users = new Map((users ?? []).map((user) => [user.user_id, user]));
    this.users.set(me.user_id, me);
    this.rooms = new Map();
    for (const room of rooms) {
      const before = samePerson ? known.get(room.room_id) : undefined;
      this.rooms.set(room.room_id, before ? keepingReads(room, before) : room);
    }
    for (const [roomId, timeline] of this.#timelines) {
      timeline.clear(); // edits and deletions may have been missed: what is shown is fetched again
      this.touch(`room:${roomId}`);
    }
    this.#typing.clear();
    this.marks.clear();
    this.presence.clear();
    this.touch("me", "rooms", "people", "typing");
  }

  // ---- rooms ----

  putRoom(room) {
    const before = this.rooms.get(room.room_id);
    this.rooms.set(room.room_id, before ? keepingReads(room, before) : room);
    this.touch("rooms", `room:${room.room_id}`);
  }

  /** Takes what everyone may see of a room; what depends on who looks stays as it was. */
  updateRoom(room) {
    const before = this.rooms.get(room.room_id);
    if (!before) return;
    const { me, with: other, last_message: lastMessage, last_seq: lastSeq, ...shared } = room;
    this.rooms.set(room.room_id, { ...before, ...shared });
    this.raiseLastSeq(room.room_id, lastSeq ?? 0);
    this.touch("rooms");
  }

  raiseLastSeq(roomId, seq) {
    const room = this.rooms.get(roomId);
    if (room && seq > room.last_seq) room.last_seq = seq;
  }

  removeRoom(roomId) {
    this.rooms.delete(roomId);
    this.#timelines.delete(roomId);
    this.#typing.delete(roomId);
    this.marks.delete(roomId);
    this.touch("rooms", `room:${roomId}`);
  }

  roomsByActivity() {
    const at = (room) => room.last_message?.created_at ?? room.created_at ?? "";
    return [...this.rooms.values()].sort((a, b) => (at(a) < at(b) ? 1 : at(a) > at(b) ? -1 : 0));
  }

  unread(room) {
    return Math.max(0, room.last_seq - (room.me?.read_seq ?? room.last_seq));
  }

  /** What she wants to be told of, as the server's own bell counts: nothing of a muted room, mentions alone where she chose that. */
  bell(room) {
    const { notify = "all", muted_until: mutedUntil, mentions = 0 } = room.me ?? {};
    const unread = this.unread(room);
    if (unread === 0 || notify === "none" || (mutedUntil && new Date(mutedUntil) > new Date())) return 0;
    return notify === "mentions" && mentions === 0 ? 0 : unread;
  }

  raiseRead(roomId, seq) {
    const room = this.rooms.get(roomId);
    if (!room?.me || seq <= room.me.read_seq) return;
    room.me.read_seq = seq;
    if (seq >= room.last_seq) room.me.mentions = 0; // of a part of them, the server says how many are left
    this.touch("rooms");
  }

  // ---- how far others have got ----

  raiseMarks(roomId, userId, { delivered_seq: delivered = 0, read_seq: read = 0 }) {
    const marks = this.marks.get(roomId);
    if (!marks) return; // the room was not opened yet: then it is asked for
    const before = marks.get(userId) ?? { delivered_seq: 0, read_seq: 0 };
    marks.set(userId, { delivered_seq: Math.max(before.delivered_seq, delivered, read), read_seq: Math.max(before.read_seq, read) });
    this.touch(`room:${roomId}`);
  }

  /** How a message of mine has fared: `{fate: "sent" | "delivered" | "read", readers}`; in a group, "read" is by anyone, "delivered" to all. */
  fateOf(room, seq) {
    const marks = [...(this.marks.get(room.room_id)?.values() ?? [])];
    const readers = marks.filter(({ read_seq: read }) => read >= seq).length;
    const having = marks.filter(({ delivered_seq: delivered }) => delivered >= seq).length;
    const others = room.kind === "direct" ? 1 : room.member_count - 1;
    return { fate: readers > 0 ? "read" : having > 0 && having >= others ? "delivered" : "sent", readers };
  }

  // ---- messages ----

  timeline(roomId) {
    if (!this.#timelines.has(roomId)) this.#timelines.set(roomId, new Timeline());
    return this.#timelines.get(roomId);
  }

  /** A message by event, by reply or both, in whatever order. False if messages before it are missing. */
  addMessage(message) {
    const room = this.rooms.get(message.room_id);
    if (!room) return true;
    this.raiseLastSeq(message.room_id, message.seq);
    if (!this.users.has(message.user_id)) this.putUser({ user_id: message.user_id, username: message.username, display_name: message.display_name });
    const isNews = message.seq > (room.last_message?.seq ?? 0);
    if (isNews) room.last_message = message;
    if (isNews && room.me && message.seq > room.me.read_seq && message.mentions?.includes(this.me.user_id)) room.me.mentions += 1;
    if (message.user_id === this.me.user_id) this.raiseRead(message.room_id, message.seq);
    else this.raiseMarks(message.room_id, message.user_id, { read_seq: message.seq }); // who speaks has read
    this.#typing.get(message.room_id)?.delete(message.user_id);
    this.touch("rooms", "typing", `room:${message.room_id}`);
    return this.timeline(message.room_id).accept(message);
  }

  editMessage(message) {
    this.timeline(message.room_id).edit(message);
    const room = this.rooms.get(message.room_id);
    if (room?.last_message?.seq === message.seq) room.last_message = message;
    this.touch("rooms", `room:${message.room_id}`);
  }

  react({ room_id: roomId, seq, emoji, user_id: userId }, isAdded) {
    this.timeline(roomId).react(seq, emoji, userId, isAdded);
    this.touch(`room:${roomId}`);
  }

  deleteMessage(roomId, seq) {
    this.timeline(roomId).delete(seq);
    const room = this.rooms.get(roomId);
    if (room?.last_message?.seq === seq) room.last_message = { ...room.last_message, content: "", deleted: true };
    this.touch("rooms", `room:${roomId}`);
  }

  // ---- people ----

  putUser(user) {
    if (!user?.user_id) return;
    this.users.set(user.user_id, { ...this.users.get(user.user_id), ...user });
    if (user.user_id === this.me.user_id) {
      this.me = { ...this.me, ...user };
      this.touch("me");
    }
    this.touch("people", "rooms");
  }

  /** The name to show: as it is now if we know her, else as the message bore it. */
  nameOf(userId, bearer = {}) {
    const user = this.users.get(userId);
    return user?.display_name || user?.username || bearer.display_name || bearer.username || "Deleted user";
  }

  roomName(room) {
    if (room.kind === "direct") return room.with ? this.nameOf(room.with.user_id, room.with) : "Direct conversation";
    return room.name || "Unnamed room";
  }

  /** `{state: "active" | "idle" | "offline", last_seen_at}`; of whom nothing was heard, nothing is known. */
  setPresence(userId, presence) {
    this.presence.set(userId, presence);
    this.touch("people", "rooms");
  }

  forgetPresence() {
    this.presence.clear();
    this.touch("people", "rooms");
  }

  setTyping({ room_id: roomId, user_id: userId, username, expires_in_ms: forMs = 5_000 }) {
    if (userId === this.me.user_id) return;
    if (!this.#typing.has(roomId)) this.#typing.set(roomId, new Map());
    this.#typing.get(roomId).set(userId, { username, until: Date.now() + forMs });
    this.touch("typing");
    setTimeout(() => this.touch("typing"), forMs + 50); // nobody says "stopped": it lapses
  }

  typingIn(roomId) {
    const now = Date.now();
    const typing = [...(this.#typing.get(roomId) ?? [])].filter(([, { until }]) => until > now);
    return typing.map(([userId, { username }]) => this.nameOf(userId, { username }));
  }
}

// A mark may still be on its way when the state is read: reading only ever moves forward.
function keepingReads(room, before) {
  if (!room.me || !before.me) return { ...room, me: room.me ?? before.me, with: room.with ?? before.with };
  return { ...room, me: { ...room.me, read_seq: Math.max(room.me.read_seq, before.me.read_seq) } };
}
