// Applies the server's events to the store; events it does not know are ignored.

/**
 * `fetchRoom(room_id)` fetches a room that the user has joined; `onGap(room_id)` fetches missing messages; `onOwnMessage(message)`,
 * `onOwnReceipt(room_id, markers)` and `onRoomRemoved(room, reason)` report changes that concern the signed-in user.
 */
export class EventReducer {
  #store;
  #fetchRoom;
  #onGap;
  #onOwnMessage;
  #onOwnReceipt;
  #onRoomRemoved;
  #loading = new Map(); // room_id → events that arrived while the room was being fetched

  constructor({ store, fetchRoom, onGap, onOwnMessage, onOwnReceipt, onRoomRemoved }) {
    this.#store = store;
    this.#fetchRoom = fetchRoom;
    this.#onGap = onGap;
    this.#onOwnMessage = onOwnMessage;
    this.#onOwnReceipt = onOwnReceipt;
    this.#onRoomRemoved = onRoomRemoved;
  }

  apply(frame) {
    const { event, data } = frame;
    const queue = this.#loading.get(data?.room_id);
    if (queue && !event.startsWith("member_")) {
      queue.push(frame);
      return;
    }
    this[`on_${event}`]?.(data);
  }

  /** Fetches a room and adds it to the store if the user is a member; concurrent callers share one request. */
  async loadRoom(roomId) {
    if (this.#loading.has(roomId)) return this.#loading.get(roomId).room;
    const queue = [];
    this.#loading.set(roomId, queue);
    queue.room = this.#fetchRoom(roomId)
      .then((room) => {
        if (this.#loading.get(roomId) === queue && room.me) this.#store.putRoom(room);
        return room;
      })
      .finally(() => {
        if (this.#loading.get(roomId) !== queue) return;
        this.#loading.delete(roomId);
        for (const frame of queue) this.apply(frame);
      });
    return queue.room;
  }

  // ---- messages ----

  on_new_message(message) {
    if (message.user_id === this.#store.me.user_id) this.#onOwnMessage(message);
    if (!this.#store.addMessage(message)) this.#onGap(message.room_id);
  }

  on_message_edited(message) {
    this.#store.editMessage(message);
  }

  on_message_deleted({ room_id: roomId, seq }) {
    this.#store.deleteMessage(roomId, seq);
  }

  on_reaction_added(reaction) {
    this.#store.setReaction(reaction, true);
  }

  on_reaction_removed(reaction) {
    this.#store.setReaction(reaction, false);
  }

  on_receipt({ room_id: roomId, user_id: userId, ...markers }) {
    if (userId !== this.#store.me.user_id) return this.#store.advanceMarkers(roomId, userId, markers);
    this.#onOwnReceipt(roomId, markers);
    this.#store.advanceRead(roomId, markers.read_seq); // another device of the user has read on
  }

  // ---- rooms ----

  on_room_created(room) {
    this.#store.updateRoom(room); // a room that is new to the user is added by `member_joined`
  }

  on_room_updated(room) {
    this.#store.updateRoom(room);
  }

  on_room_deleted(room) {
    this.#removeRoom(room.room_id, "deleted");
  }

  on_member_joined({ room_id: roomId, user }) {
    this.#store.putUser(user);
    if (user?.user_id === this.#store.me.user_id) {
      this.#store.removeInvitation(roomId);
      this.loadRoom(roomId).catch(() => {}); // the user has left already, or the next sync brings the room
      return;
    }
    this.#changeMemberCount(roomId, +1);
  }

  on_invited(invitation) {
    this.#store.putInvitation(invitation);
  }

  on_member_updated({ room_id: roomId, user, role, me }) {
    this.#store.putUser(user);
    const room = this.#store.rooms.get(roomId);
    if (room?.me && user?.user_id === this.#store.me.user_id) {
      room.me.role = role;
      if (me) this.#store.updateMembership(room, me); // only the user's own devices receive it
    }
    this.#store.notify("rooms", `room:${roomId}`);
  }

  on_member_left({ room_id: roomId, user, reason }) {
    if (user?.user_id === this.#store.me.user_id) this.#removeRoom(roomId, reason ?? "left");
    else {
      this.#store.markers.get(roomId)?.delete(user?.user_id);
      this.#changeMemberCount(roomId, -1);
      this.#store.notify(`room:${roomId}`);
    }
  }

  // ---- users ----

  on_user_updated(user) {
    this.#store.putUser(user);
    for (const roomId of this.#store.rooms.keys()) this.#store.notify(`room:${roomId}`);
  }

  on_user_typing(typing) {
    this.#store.setTyping(typing);
  }

  on_presence({ changes }) {
    for (const { user_id: userId, ...presence } of changes) this.#store.setPresence(userId, presence);
  }

  // ---- helpers ----

  #removeRoom(roomId, reason) {
    this.#loading.delete(roomId);
    const room = this.#store.rooms.get(roomId);
    if (!room) return;
    this.#store.removeRoom(roomId);
    this.#onRoomRemoved(room, reason);
  }

  #changeMemberCount(roomId, change) {
    const room = this.#store.rooms.get(roomId);
    if (!room || !Number.isFinite(room.member_count)) return;
    room.member_count += change;
    this.#store.notify("rooms");
  }
}
