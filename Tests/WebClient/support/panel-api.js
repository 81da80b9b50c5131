// The calls of the panel about a room and its messages, answered from memory.

import { AT, FakeAccountAPI, user } from "./account-api.js";

const PAGE = 200;

/** A server with one room, `club`. */
export class FakePanelAPI extends FakeAccountAPI {
  members_ = [
    { user: this.me_, role: "owner", joined_at: AT },
    { user: user("Bob", { status_text: "on the beach" }), role: "moderator", joined_at: AT },
    { user: user("Mallory"), role: "member", joined_at: AT },
  ];
  invites_ = [];
  bans_ = [];
  reports_ = [];
  messages_ = [];

  constructor({ role = "owner", crowd = 0 } = {}) {
    super();
    this.role = role;
    this.members_[0].role = role;
    for (let n = 1; n <= crowd; n += 1) this.members_.push({ user: user(`Person${n}`), role: "member", joined_at: AT });
    for (const [at, content] of ["Who brings *cake*?", "I do.", "See https://example.org/cake_(food)", "Lunch at twelve"].entries()) {
      this.post(["bob", "alice", "mallory", "bob"][at], content, at === 1 || at === 2 ? 1 : null);
    }
    this.record();
  }

  post(userId, content, replyTo = null) {
    const seq = this.messages_.length + 1;
    const message = {
      ...{ room_id: "club", seq, user_id: userId, username: userId, display_name: userId[0].toUpperCase() + userId.slice(1), content },
      ...{
        client_id: null,
        reply_to: replyTo,
        attachments: [],
        mentions: [],
        reactions: {},
        created_at: AT,
        edited_at: null,
        deleted: false,
      },
    };
    this.messages_.push(message);
    return message;
  }

  sync() {
    const [last] = this.messages_.slice(-1);
    const marks = { delivered_seq: last.seq, preview_seq: last.seq, read_seq: last.seq };
    const me = { ...marks, role: this.role, unread: 0, mentions: 0, notify: "all", muted_until: null, marked_unread_seq: null };
    const club = { room_id: "club", kind: "group", name: "The Club", topic: "Of friends", created_at: AT, created_by: "alice", me };
    const rooms = [{ ...club, member_count: this.members_.length, last_seq: last.seq, last_message: last, with: null }];
    return { me: this.me_, rooms, users: this.members_.map((member) => member.user), cursor: 1, epoch: "e" };
  }

  // ---- rooms ----

  members(_roomId, { q, cursor } = {}) {
    const found = this.members_.filter(
      ({ user: { username, display_name: name } }) => !q || `${username} ${name}`.toLowerCase().includes(q.toLowerCase()),
    );
    const from = Number(cursor ?? 0);
    return { items: found.slice(from, from + PAGE), next_cursor: from + PAGE < found.length ? String(from + PAGE) : null };
  }

  putMember(_roomId, userId, role) {
    const member = this.members_.find((each) => each.user.user_id === userId);
    if (userId === "carol") return { user: user("Carol"), role, invited: true };
    if (member) member.role = role;
    else this.members_.push({ user: user(userId[0].toUpperCase() + userId.slice(1)), role, joined_at: AT });
    return member ?? {};
  }

  removeMember(_roomId, userId) {
    this.members_ = this.members_.filter((each) => each.user.user_id !== userId);
    return null;
  }

  ban(_roomId, userId) {
    this.bans_.push({ user: this.members_.find((each) => each.user.user_id === userId).user, reason: "" });
    this.members_ = this.members_.filter((each) => each.user.user_id !== userId);
    return null;
  }

  unban(_roomId, userId) {
    this.bans_ = this.bans_.filter((each) => each.user.user_id !== userId);
    return null;
  }

  bans() {
    return { items: this.bans_, next_cursor: null };
  }

  updateRoom(roomId, changes) {
    return { room_id: roomId, ...changes };
  }

  setNotificationSettings(_roomId, { level = "all", muted_until = null }) {
    return { notify: level, muted_until };
  }

  invites() {
    return { items: this.invites_, next_cursor: null };
  }

  createInvite(_roomId, key) {
    this.invites_ = [{ code: key, expires_at: AT, uses_left: null }, ...this.invites_];
    return this.invites_[0];
  }

  revokeInvite(_roomId, code) {
    this.invites_ = this.invites_.filter((invite) => invite.code !== code);
    return null;
  }

  reports() {
    return { items: this.reports_, next_cursor: null };
  }

  resolveReports(_roomId, seq) {
    this.reports_ = this.reports_.filter((report) => report.seq !== seq);
    return null;
  }

  deleteRoom() {
    return null;
  }

  // ---- messages ----

  message(_roomId, seq) {
    return this.messages_[seq - 1];
  }

  replies(_roomId, seq) {
    return { items: this.messages_.filter(({ reply_to: to }) => to === seq), next_cursor: null };
  }

  receipts() {
    const items = [
      { user_id: "bob", state: "read", at: AT },
      { user_id: "mallory", state: "sent", at: null },
    ];
    return { items, next_cursor: null };
  }

  pins() {
    return { items: [{ message: this.messages_[0], pinned_by: "alice", pinned_at: AT }], next_cursor: null };
  }

  saved() {
    return { items: [{ message: this.messages_[3], saved_at: AT }], next_cursor: null };
  }

  searchMessages({ q }) {
    const found = this.messages_.filter(({ content }) => content.toLowerCase().includes(q.toLowerCase()));
    const items = found.map((message) => {
      const at = message.content.toLowerCase().indexOf(q.toLowerCase());
      const [before, hit, after] = [
        message.content.slice(0, at),
        message.content.slice(at, at + q.length),
        message.content.slice(at + q.length),
      ];
      const highlights = [before, hit, after].map((text, n) => ({ text, hit: n === 1 })).filter(({ text }) => text);
      return { message, highlights };
    });
    return { items, next_cursor: null };
  }
}
