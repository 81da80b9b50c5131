// A server for the tests of state/, as the user `me` sees it.

import { FakeRooms, USERS } from "./rooms.js";

/** Answers REST calls and the commands of a connection; both fail while `isDown`. */
export class FakeServer extends FakeRooms {
  requests = [];
  isDown = false;

  /** As GET …/receipts: of members who were there when the message was posted and do not hide it, without its author. */
  receipts(roomId, seq) {
    const { messages, members } = this.rooms.get(roomId);
    return [...members]
      .filter(([userId, { joinedSeq, isHidden }]) => userId !== messages[seq - 1].user_id && joinedSeq < seq && !isHidden)
      .map(([userId, { marks }]) => {
        const [, state] = [
          ["read_seq", "read"],
          ["preview_seq", "preview_read"],
          ["delivered_seq", "delivered"],
        ].find(([name]) => marks[name] >= seq) ?? [null, "sent"];
        return { user_id: userId, state };
      });
  }

  room(roomId) {
    const { room, messages: all, members, markedUnread, firstSeq } = this.rooms.get(roomId);
    const messages = all.slice(firstSeq - 1);
    const mine = members.get("me");
    const read = mine?.marks.read_seq;
    const me = mine && {
      role: mine.role,
      ...mine.marks,
      notify: "all",
      muted_until: null,
      marked_unread_seq: markedUnread,
      unread: messages.filter(({ seq, deleted }) => seq > read && !deleted).length,
      mentions: messages.filter(({ seq, mentions }) => seq > read && mentions.includes("me")).length,
    };
    const last_message = structuredClone(messages.at(-1) ?? null);
    return { ...room, member_count: members.size, first_seq: firstSeq, last_seq: all.length, last_message, with: null, me: me ?? null };
  }

  sync() {
    const rooms = [...this.rooms.keys()].map((roomId) => this.room(roomId)).filter(({ me }) => me);
    return { me: this.user("me"), users: Object.keys(USERS).map((userId) => this.user(userId)), rooms, cursor: 1, epoch: "e" };
  }

  page(roomId, { before, after, around, limit = 50 }) {
    const { messages, firstSeq } = this.rooms.get(roomId);
    const end = messages.length;
    let from = (before ?? end + 1) - limit;
    let to = Math.min(end, (before ?? end + 1) - 1);
    if (after !== undefined) [from, to] = [after + 1, Math.min(end, after + limit)];
    if (around !== undefined) [from, to] = [around - Math.floor(limit / 2), Math.min(end, around + Math.ceil(limit / 2) - 1)];
    from = Math.max(firstSeq, from);
    return structuredClone({ messages: messages.slice(from - 1, to), has_before: from > firstSeq, has_after: to < end });
  }

  /** The REST calls, and a connection that takes `mark`; both fail while `isDown`. */
  api = {
    messages: async (roomId, query) => this.#ask("messages", query, () => this.#visiblePage(roomId, query)),
    room: async (roomId) => this.#ask("room", roomId, () => this.room(roomId)),
    members: async (roomId, { cursor }) =>
      this.#ask("members", cursor, () => {
        const all = [...this.rooms.get(roomId).members];
        const from = Number(cursor ?? 0);
        const items = all.slice(from, from + 200).map(([userId, { role, joined_at, marks, isHidden }]) => ({
          user: this.user(userId),
          role,
          joined_at,
          marks: isHidden ? null : { ...marks },
        }));
        return { items, next_cursor: from + 200 < all.length ? String(from + 200) : null };
      }),
    markUnread: async (roomId, seq) => this.#ask("markUnread", seq, () => this.#setMarkedUnread(roomId, seq)),
    clearUnread: async (roomId) => this.#ask("clearUnread", roomId, () => this.#setMarkedUnread(roomId, null)),
  };

  connection = Object.assign(new EventTarget(), {
    isOnline: true,
    command: async (event, { room_id: roomId, ...data }) => this.#ask(event, data, () => this.mark(roomId, "me", data)),
  });

  // Who is not a member of a public room sees its newest messages.
  #visiblePage(roomId, query) {
    const isElsewhere = ["before", "after", "around"].some((name) => query[name] !== undefined);
    if (isElsewhere && !this.rooms.get(roomId).members.has("me"))
      throw Object.assign(new Error("Forbidden"), { status: 403, isTransient: false });
    return this.page(roomId, query);
  }

  #setMarkedUnread(roomId, seq) {
    this.rooms.get(roomId).markedUnread = seq;
    const { me } = this.room(roomId);
    this.tell("member_updated", { room_id: roomId, user: this.user("me"), role: me.role, reason: "unread", me });
  }

  #ask(name, detail, answer) {
    this.requests.push([name, detail]);
    if (this.isDown) throw Object.assign(new Error("The server cannot be reached."), { status: 0, isTransient: true, retryAfterMs: null });
    return answer();
  }
}
