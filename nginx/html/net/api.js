// The REST calls of the page; each returns the response's data or throws a Problem.

import { Problem, fetchBlob, fetchJSON } from "./http.js";
import { upload } from "./upload.js";

const UNKNOWN_TYPE = "application/octet-stream";

/** Each method is one REST call, of the signed-in user unless it says otherwise. After a 401 it is repeated once with a new token. */
export class Api {
  #base;
  #session;

  constructor(base, session) {
    this.#base = base;
    this.#session = session;
  }

  /** The whole state in one go: `{me, rooms, users, cursor, epoch}`. */
  sync() {
    return this.#call("GET", "sync");
  }

  room(roomId) {
    return this.#call("GET", `rooms/${encodeURIComponent(roomId)}`);
  }

  /** A page of the directory: `{items, next_cursor}`. */
  publicRooms({ q, cursor } = {}) {
    return this.#call("GET", "rooms/public", { query: { q, cursor, limit: 50 } });
  }

  /** A retry with the same `key` returns the room that the first attempt created. */
  createRoom(room, key) {
    return this.#call("POST", "rooms", { body: room, headers: { "Idempotency-Key": key } });
  }

  joinRoom(roomId) {
    return this.#call("POST", `rooms/${encodeURIComponent(roomId)}/join`, { body: {} });
  }

  leaveRoom(roomId) {
    return this.#call("POST", `rooms/${encodeURIComponent(roomId)}/leave`, { body: {} });
  }

  members(roomId, cursor) {
    return this.#call("GET", `rooms/${encodeURIComponent(roomId)}/members`, { query: { cursor, limit: 200 } });
  }

  /** Adds a member, or changes the role of one. */
  putMember(roomId, userId, role) {
    return this.#call("PUT", `rooms/${encodeURIComponent(roomId)}/members/${encodeURIComponent(userId)}`, { body: { role } });
  }

  removeMember(roomId, userId) {
    return this.#call("DELETE", `rooms/${encodeURIComponent(roomId)}/members/${encodeURIComponent(userId)}`);
  }

  updateRoom(roomId, changes) {
    return this.#call("PATCH", `rooms/${encodeURIComponent(roomId)}`, { body: changes });
  }

  deleteRoom(roomId) {
    return this.#call("DELETE", `rooms/${encodeURIComponent(roomId)}`);
  }

  /** `settings`: `{level?, muted_until?}`; returns `me` of the room. */
  setNotificationSettings(roomId, settings) {
    return this.#call("PUT", `rooms/${encodeURIComponent(roomId)}/notify`, { body: settings });
  }

  // ---- bans, invites, reports ----

  bans(roomId, cursor) {
    return this.#call("GET", `rooms/${encodeURIComponent(roomId)}/bans`, { query: { cursor, limit: 200 } });
  }

  ban(roomId, userId) {
    return this.#call("PUT", `rooms/${encodeURIComponent(roomId)}/bans/${encodeURIComponent(userId)}`, { body: {} });
  }

  unban(roomId, userId) {
    return this.#call("DELETE", `rooms/${encodeURIComponent(roomId)}/bans/${encodeURIComponent(userId)}`);
  }

  invites(roomId, cursor) {
    return this.#call("GET", `rooms/${encodeURIComponent(roomId)}/invites`, { query: { cursor } });
  }

  /** A retry with the same `key` returns the invite that the first attempt created. */
  createInvite(roomId, key) {
    return this.#call("POST", `rooms/${encodeURIComponent(roomId)}/invites`, { body: {}, headers: { "Idempotency-Key": key } });
  }

  revokeInvite(roomId, code) {
    return this.#call("DELETE", `rooms/${encodeURIComponent(roomId)}/invites/${encodeURIComponent(code)}`);
  }

  /** What an invite leads to: `{room, invited_by, member_count, expires_at}`. Needs no session. */
  invite(code) {
    return fetchJSON("GET", new URL(`invites/${encodeURIComponent(code)}`, this.#base));
  }

  acceptInvite(code) {
    return this.#call("POST", `invites/${encodeURIComponent(code)}/accept`, { body: {} });
  }

  reports(roomId, cursor) {
    return this.#call("GET", `rooms/${encodeURIComponent(roomId)}/reports`, { query: { cursor } });
  }

  reportMessage(roomId, seq, reason) {
    return this.#call("POST", `rooms/${encodeURIComponent(roomId)}/messages/${seq}/report`, { body: { reason } });
  }

  resolveReports(roomId, seq) {
    return this.#call("DELETE", `rooms/${encodeURIComponent(roomId)}/reports/${seq}`);
  }

  // ---- invitations and preferences ----

  /** All of the user's open invitations, which are bounded. */
  async invitations() {
    return (await this.#call("GET", "users/me/invitations", { query: { limit: 200 } })).items;
  }

  acceptInvitation(roomId) {
    return this.#call("POST", `users/me/invitations/${encodeURIComponent(roomId)}/accept`, { body: {} });
  }

  declineInvitation(roomId) {
    return this.#call("POST", `users/me/invitations/${encodeURIComponent(roomId)}/decline`, { body: {} });
  }

  preferences() {
    return this.#call("GET", "users/me/preferences");
  }

  updatePreferences(changes) {
    return this.#call("PATCH", "users/me/preferences", { body: changes });
  }

  // ---- messages ----

  /** A page of messages `{before}`, `{after}` or `{around}` a seq: `{messages, has_before, has_after}`. */
  messages(roomId, { before, after, around, limit = 50 }) {
    return this.#call("GET", `rooms/${encodeURIComponent(roomId)}/messages`, { query: { before, after, around, limit } });
  }

  /** A page of what is found, with the matching words marked: `{items, next_cursor}`. */
  searchMessages({ q, roomId, cursor }) {
    return this.#call("GET", "search/messages", { query: { q, room_id: roomId, cursor, limit: 20 } });
  }

  /** Who has received or read a message: `{items: [{user_id, state, at}], next_cursor}`. */
  receipts(roomId, seq, cursor) {
    return this.#call("GET", `rooms/${encodeURIComponent(roomId)}/messages/${seq}/receipts`, { query: { cursor, limit: 200 } });
  }

  // ---- users ----

  me() {
    return this.#call("GET", "users/me");
  }

  updateMe(changes) {
    return this.#call("PATCH", "users/me", { body: changes });
  }

  block(userId) {
    return this.#call("PUT", `users/${encodeURIComponent(userId)}/block`);
  }

  unblock(userId) {
    return this.#call("DELETE", `users/${encodeURIComponent(userId)}/block`);
  }

  async isBlocked(userId) {
    let cursor = null;
    do {
      const page = await this.#call("GET", "users/me/blocks", { query: { cursor, limit: 200 } });
      if (page.items.some(({ user }) => user.user_id === userId)) return true;
      cursor = page.next_cursor;
    } while (cursor);
    return false;
  }

  user(userId) {
    return this.#call("GET", `users/${encodeURIComponent(userId)}`);
  }

  /** The user with exactly this username; throws a Problem if there is none. */
  async userByName(name) {
    const username = name.trim().replace(/^@/, "").toLowerCase();
    const { items } = await this.#call("GET", "users", { query: { q: username } });
    const user = items.find((candidate) => candidate.username.toLowerCase() === username);
    if (user) return user;
    throw new Problem({ status: 404, code: "no_such_user", detail: `There is no user called “${username}”.` });
  }

  // ---- files ----

  /**
   * Uploads a file to attach; returns `{file_id, name, media_type, size, width, height, url, thumbnail_url}`. `type` is what the file is said
   * to be; without it, the server finds that out. Further options: those of `upload`.
   */
  uploadFile(file, { type, ...options } = {}) {
    const headers = { "X-Filename": encodeURIComponent(file.name), "Content-Type": type || UNKNOWN_TYPE };
    return this.#upload("POST", "files", file, headers, options);
  }

  /** Deletes a file that was uploaded and is in no message. */
  deleteFile(fileId) {
    return this.#call("DELETE", `files/${encodeURIComponent(fileId)}`);
  }

  /** The content of a file, thumbnail or avatar, by the path that the server has named. */
  blob(path) {
    const url = new URL(path.replace(/^\/api\/v1\//, ""), this.#base); // the site may lie below a path
    return this.#authorized((headers) => fetchBlob(url, { headers }));
  }

  /** Options: those of `upload`. */
  setAvatar(file, options) {
    return this.#upload("PUT", "users/me/avatar", file, { "Content-Type": UNKNOWN_TYPE }, options);
  }

  removeAvatar() {
    return this.#call("DELETE", "users/me/avatar");
  }

  // ---- account ----

  changePassword(oldPassword, newPassword) {
    return this.#call("POST", "auth/password/change", { body: { old_password: oldPassword, new_password: newPassword } });
  }

  /** A page of the signed-in devices: `{items, next_cursor}`. */
  sessions(cursor) {
    return this.#call("GET", "auth/sessions", { query: { cursor } });
  }

  endSession(sessionId) {
    return this.#call("DELETE", `auth/sessions/${encodeURIComponent(sessionId)}`);
  }

  /** Ends all sessions but this one. */
  endOtherSessions() {
    return this.#call("DELETE", "auth/sessions");
  }

  /** Returns the user: the address is `pending_email` until it is confirmed. */
  changeEmail(email, password) {
    return this.updateMe({ email, password });
  }

  resendVerification() {
    return this.#call("POST", "auth/verify-email/resend", { body: {} });
  }

  /** Confirms an e-mail address by the token of a mail. Needs no session. */
  verifyEmail(token) {
    return fetchJSON("POST", new URL("auth/verify-email", this.#base), { body: { token } });
  }

  /** Asks for a mail with a link to choose another password. Needs no session, and does not say whether there is such an account. */
  forgotPassword(email) {
    return fetchJSON("POST", new URL("auth/password/forgot", this.#base), { body: { email } });
  }

  /** Sets another password by the token of a mail. Needs no session, and ends all there are. */
  resetPassword(token, password) {
    return fetchJSON("POST", new URL("auth/password/reset", this.#base), { body: { token, password } });
  }

  // ---- how calls are sent ----

  #call(method, path, { query = {}, body, headers = {} } = {}) {
    const url = new URL(path, this.#base);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined && value !== null && value !== "") url.searchParams.set(name, value);
    }
    return this.#authorized((authorization) => fetchJSON(method, url, { body, headers: { ...headers, ...authorization } }));
  }

  #upload(method, path, file, headers, options) {
    const url = new URL(path, this.#base);
    return this.#authorized((authorization) => upload(method, url, file, { ...options, headers: { ...headers, ...authorization } }));
  }

  async #authorized(request) {
    const send = (token) => request({ Authorization: `Bearer ${token}` });
    const token = await this.#session.token();
    try {
      return await send(token);
    } catch (problem) {
      if (problem.status !== 401 || problem.code === "bad_credentials") throw problem; // that is about the password in the request
      // Retried once only: a 401 for a new token is final.
      return send(token === this.#session.currentToken ? await this.#session.refresh() : await this.#session.token());
    }
  }
}
