// The calls about people and the user's own account, answered from memory; each one is recorded.

import { Problem } from "../net/http.js";

export const AT = "2026-02-03T09:30:00.000Z";

export const user = (name, more = {}) => ({
  ...{ user_id: name.toLowerCase(), username: name.toLowerCase(), display_name: name, avatar_url: null, status_text: "" },
  ...more,
});

/** Alice's account. */
export class FakeAccountAPI {
  calls = [];
  failing = new Map(); // name of a call → the Problem that it ends with, once

  me_ = { ...user("Alice"), email: null, email_verified: false, pending_email: null, hide_read_receipts: false };
  blocks_ = [];
  sessions_ = ["Chromium on Linux", "Firefox on Windows"].map((name, at) => ({
    ...{ session_id: `s${at}`, device_name: name, user_agent: name, address: "127.0.0.1", last_seen_at: AT, current: at === 0 },
  }));
  preferences_ = { added_by: "everyone" };

  /** From now on each call is recorded, waits for a moment, and fails if a test has said so. */
  record() {
    const names = [FakeAccountAPI.prototype, Object.getPrototypeOf(this)].flatMap((each) => Object.getOwnPropertyNames(each));
    for (const name of names) {
      if (["constructor", "record", "sync", "post"].includes(name)) continue;
      const answer = this[name];
      this[name] = async (...values) => {
        this.calls.push([name, ...values.filter((value) => !value?.signal)]);
        await new Promise((resolve) => setTimeout(resolve));
        const problem = this.failing.get(name);
        this.failing.delete(name);
        if (problem) throw new Problem(problem);
        return structuredClone(await answer.apply(this, values));
      };
    }
  }

  users({ q }) {
    const items = ["Carol", "Carl", "Dora"].map((name) => user(name)).filter(({ username }) => username.startsWith(q.toLowerCase()));
    return { items, next_cursor: null };
  }

  userByName(name) {
    if (!["carol", "dora", "bob"].includes(name)) throw new Problem({ status: 404, code: "no_such_user", detail: "none" });
    return user(name[0].toUpperCase() + name.slice(1));
  }

  user(userId) {
    const found = this.members_?.find((each) => each.user.user_id === userId)?.user;
    return { ...found, presence: "idle", last_seen_at: AT };
  }

  isBlocked(userId) {
    return this.blocks_.some((each) => each.user.user_id === userId);
  }

  block(userId) {
    this.blocks_.push({ user: user(userId[0].toUpperCase() + userId.slice(1)) });
    return null;
  }

  unblock(userId) {
    this.blocks_ = this.blocks_.filter((each) => each.user.user_id !== userId);
    return null;
  }

  blocks() {
    return { items: this.blocks_, next_cursor: null };
  }

  me() {
    return this.me_;
  }

  updateMe(changes) {
    return (this.me_ = { ...this.me_, ...changes });
  }

  changeEmail(email) {
    return (this.me_ = { ...this.me_, pending_email: email });
  }

  resendVerification() {
    return null;
  }

  changePassword(old) {
    if (old !== "right") throw new Problem({ status: 401, code: "bad_credentials" });
    return null;
  }

  sessions() {
    return { items: this.sessions_, next_cursor: null };
  }

  endSession(id) {
    this.sessions_ = this.sessions_.filter((each) => each.session_id !== id);
    return null;
  }

  endOtherSessions() {
    this.sessions_ = this.sessions_.filter(({ current }) => current);
    return null;
  }

  preferences() {
    return this.preferences_;
  }

  updatePreferences(changes) {
    return (this.preferences_ = { ...this.preferences_, ...changes });
  }

  exportAccount() {
    return { user: this.me_, messages: this.messages_, next_cursor: null };
  }

  deleteAccount(password) {
    if (password !== "right") throw new Problem({ status: 401, code: "bad_credentials" });
    return null;
  }
}
