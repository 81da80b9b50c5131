// Rooms, messages and markers by the rules of the real server, with a journal of events.

export const USERS = { me: "Me", alice: "Alice", bob: "Bob", carol: "Carol", dan: "Dan" };

/** What people do, and what `me` is told of it. What it returns are copies, as they were at that moment. */
export class FakeRooms {
  rooms = new Map(); // room_id → {room, messages, members: user_id → {role, joined_at, joinedSeq, marks, isHidden}, markedUnread}
  files = new Map(); // path → Blob
  journal = []; // the frames for `me` that have not been taken
  #clock;

  constructor({ clock }) {
    this.#clock = clock;
  }

  user(userId) {
    return { user_id: userId, username: userId, display_name: USERS[userId] ?? userId, avatar_url: null };
  }

  // ---- what people do ----

  addRoom(roomId, userIds, { kind = "group", name = roomId } = {}) {
    const members = new Map();
    this.rooms.set(roomId, {
      room: { room_id: roomId, kind, name, topic: "", created_at: this.#now() },
      messages: [],
      members,
      markedUnread: null,
      firstSeq: 1,
    });
    for (const userId of userIds) this.join(roomId, userId);
    this.take();
    return roomId;
  }

  join(roomId, userId, { isHidden = false } = {}) {
    const { members, messages } = this.rooms.get(roomId);
    const last = messages.length;
    const marks = { delivered_seq: last, preview_seq: last, read_seq: last };
    members.set(userId, { role: "member", joined_at: this.#now(), joinedSeq: last, marks, isHidden });
    this.tell("member_joined", { room_id: roomId, user: this.user(userId), role: "member", reason: "joined" });
  }

  leave(roomId, userId) {
    this.rooms.get(roomId).members.delete(userId);
    this.tell("member_left", { room_id: roomId, user: this.user(userId), role: "member", reason: "left" });
  }

  post(roomId, userId, content = "words", more = {}) {
    const { messages, members } = this.rooms.get(roomId);
    const seq = messages.length + 1;
    const { username, display_name } = this.user(userId);
    messages.push({
      room_id: roomId,
      seq,
      user_id: userId,
      username,
      display_name,
      content,
      client_id: null,
      reply_to: null,
      attachments: [],
      mentions: [],
      reactions: {},
      created_at: this.#now(),
      edited_at: null,
      deleted: false,
      ...more,
    });
    members.get(userId).marks = { delivered_seq: seq, preview_seq: seq, read_seq: seq };
    if (userId === "me") this.rooms.get(roomId).markedUnread = null;
    this.tell("new_message", this.message(roomId, seq));
    return seq;
  }

  edit(roomId, seq, content) {
    const message = this.rooms.get(roomId).messages[seq - 1];
    if (message.deleted) return;
    Object.assign(message, { content, edited_at: this.#now() });
    this.tell("message_edited", this.message(roomId, seq));
  }

  delete(roomId, seq) {
    const message = this.rooms.get(roomId).messages[seq - 1];
    if (message.deleted) return;
    Object.assign(message, { content: "", attachments: [], mentions: [], reactions: {}, deleted: true });
    this.tell("message_deleted", { room_id: roomId, seq, deleted_by: message.user_id });
  }

  /** Those before `firstSeq` have been kept long enough. */
  expire(roomId, firstSeq) {
    this.rooms.get(roomId).firstSeq = firstSeq;
    this.tell("messages_expired", { room_id: roomId, first_seq: firstSeq });
  }

  react(roomId, seq, emoji, userId, isAdded) {
    const message = this.rooms.get(roomId).messages[seq - 1];
    const userIds = message.reactions[emoji] ?? [];
    if (message.deleted || userIds.includes(userId) === isAdded) return;
    message.reactions[emoji] = isAdded ? [...userIds, userId] : userIds.filter((id) => id !== userId);
    if (message.reactions[emoji].length === 0) delete message.reactions[emoji];
    this.tell(isAdded ? "reaction_added" : "reaction_removed", { room_id: roomId, seq, emoji, user_id: userId });
  }

  mark(roomId, userId, { delivered_seq = 0, preview_seq = 0, read_seq = 0 }) {
    const room = this.rooms.get(roomId);
    const member = room.members.get(userId);
    const { marks } = member;
    const last = room.messages.length;
    const before = { ...marks };
    marks.read_seq = Math.max(marks.read_seq, Math.min(last, read_seq));
    marks.preview_seq = Math.max(marks.preview_seq, Math.min(last, preview_seq), marks.read_seq);
    marks.delivered_seq = Math.max(marks.delivered_seq, Math.min(last, delivered_seq), marks.preview_seq);
    if (userId === "me" && marks.read_seq > before.read_seq) room.markedUnread = null;
    if (JSON.stringify(marks) === JSON.stringify(before) || (member.isHidden && userId !== "me")) return;
    this.tell("receipt", { room_id: roomId, user_id: userId, ...marks });
  }

  // ---- what is told ----

  message(roomId, seq) {
    return structuredClone(this.rooms.get(roomId).messages[seq - 1]);
  }

  /** The events since the last call. */
  take(count = Infinity) {
    return this.journal.splice(0, count);
  }

  tell(event, data) {
    if (this.rooms.get(data.room_id).members.has("me") || data.user?.user_id === "me") this.journal.push(structuredClone({ event, data }));
  }

  #now() {
    return new Date(this.#clock.now()).toISOString();
  }
}
