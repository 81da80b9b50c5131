// Applies the server's news to the store; what it does not know, it lets pass.

/** `findRoom(room_id)` fetches a room that became mine; `onGap(room_id)` fetches messages that were missed. */
export class Pushes {
  #store;
  #findRoom;
  #onGap;
  #onMyMessage;
  #onMyMarks;
  #onLeft;
  #finding = new Map(); // room_id → news that arrived while the room was being fetched

  constructor({ store, findRoom, onGap, onMyMessage, onMyMarks, onLeft }) {
    this.#store = store;
    this.#findRoom = findRoom;
    this.#onGap = onGap;
    this.#onMyMessage = onMyMessage;
    this.#onMyMarks = onMyMarks;
    this.#onLeft = onLeft;
  }

  apply(frame) {
    const { event, data } = frame;
    const waiting = this.#finding.get(data?.room_id);
    if (waiting && !event.startsWith("member_")) {
      waiting.push(frame);
      return;
    }
    this[`on_${event}`]?.(data);
  }

  /** Makes a room mine in the store; those who ask meanwhile share the answer. */
  async find(roomId) {
    if (this.#finding.has(roomId)) return this.#finding.get(roomId).found;
    const waiting = [];
    this.#finding.set(roomId, waiting);
    waiting.found = this.#findRoom(roomId)
      .then((room) => {
        if (this.#finding.get(roomId) === waiting && room.me) this.#store.putRoom(room);
        return room;
      })
      .finally(() => {
        if (this.#finding.get(roomId) !== waiting) return;
        this.#finding.delete(roomId);
        for (const frame of waiting) this.apply(frame);
      });
    return waiting.found;
  }

  // ---- messages ----

  on_new_message(message) {
    if (message.user_id === this.#store.me.user_id) this.#onMyMessage(message);
    if (!this.#store.addMessage(message)) this.#onGap(message.room_id);
  }

  on_message_edited(message) {
    this.#store.editMessage(message);
  }

  on_message_deleted({ room_id: roomId, seq }) {
    this.#store.deleteMessage(roomId, seq);
  }

  on_reaction_added(reaction) {
    this.#store.react(reaction, true);
  }

  on_reaction_removed(reaction) {
    this.#store.react(reaction, false);
  }

  on_receipt({ room_id: roomId, user_id: userId, ...marks }) {
    if (userId !== this.#store.me.user_id) return this.#store.raiseMarks(roomId, userId, marks);
    this.#onMyMarks(roomId, marks);
    this.#store.raiseRead(roomId, marks.read_seq); // another of my devices has read on
  }

  // ---- rooms ----

  on_room_created(room) {
    this.#store.updateRoom(room); // of a room that is not mine yet, member_joined about me tells
  }

  on_room_updated(room) {
    this.#store.updateRoom(room);
  }

  on_room_deleted(room) {
    this.#gone(room.room_id, "deleted");
  }

  on_member_joined({ room_id: roomId, user }) {
    this.#store.putUser(user);
    if (user?.user_id === this.#store.me.user_id) {
      this.find(roomId).catch(() => {}); // gone again already, or the next sync brings it
      return;
    }
    this.#count(roomId, +1);
  }

  on_member_updated({ room_id: roomId, user, role, me }) {
    this.#store.putUser(user);
    const room = this.#store.rooms.get(roomId);
    if (room?.me && user?.user_id === this.#store.me.user_id) {
      // `me` comes to my own devices alone; a mark of this one may still be on its way.
      const readSeq = Math.max(room.me.read_seq, me?.read_seq ?? 0);
      Object.assign(room.me, { role, ...me, read_seq: readSeq });
    }
    this.#store.touch("rooms", `room:${roomId}`);
  }

  on_member_left({ room_id: roomId, user, reason }) {
    if (user?.user_id === this.#store.me.user_id) this.#gone(roomId, reason ?? "left");
    else {
      this.#store.marks.get(roomId)?.delete(user?.user_id);
      this.#count(roomId, -1);
      this.#store.touch(`room:${roomId}`);
    }
  }

  // ---- people ----

  on_user_updated(user) {
    this.#store.putUser(user);
    for (const roomId of this.#store.rooms.keys()) this.#store.touch(`room:${roomId}`);
  }

  on_user_typing(typing) {
    this.#store.setTyping(typing);
  }

  on_presence({ changes }) {
    for (const { user_id: userId, ...presence } of changes) this.#store.setPresence(userId, presence);
  }

  // ----

  #gone(roomId, reason) {
    this.#finding.delete(roomId);
    const room = this.#store.rooms.get(roomId);
    if (!room) return;
    this.#store.removeRoom(roomId);
    this.#onLeft(room, reason);
  }

  #count(roomId, change) {
    const room = this.#store.rooms.get(roomId);
    if (!room || !Number.isFinite(room.member_count)) return;
    room.member_count += change;
    this.#store.touch("rooms");
  }
}
