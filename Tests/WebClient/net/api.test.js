// Every call of the API is one that the server's document has, with parameters that it knows.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { FILE, makeAPI } from "../support/api.js";

const document = JSON.parse(readFileSync(new URL("../../../nginx/html/docs/openapi.json", import.meta.url), "utf8"));

// What the server learns at the same time as this client.
const NEW = {
  "/rooms/{room_id}/members": { get: ["q", "marks", "limit", "cursor"] },
  "/rooms/{room_id}/draft": { put: [], delete: [] },
  "/rooms/{room_id}/unread": { put: [], delete: [] },
  "/rooms/{room_id}/messages/{seq}/replies": { get: ["cursor"] },
  "/rooms/{room_id}/pins": { get: ["cursor"] },
  "/rooms/{room_id}/pins/{seq}": { put: [], delete: [] },
  "/users/me/saved": { get: ["cursor"] },
  "/users/me/saved/{room_id}/{seq}": { put: [], delete: [] },
};

// What the session calls, what files of the server call by the path that it names, and what is not a user's.
const NOT_HERE =
  /^(\/admin\/|\/auth\/(register|login|proxy|refresh|revoke|logout|me)$|\/files\/\{file_id\}(\/thumbnail)?$|\/users\/\{user_id\}\/avatar$|\/events$|$)/;

/** Calls with every parameter that they take. */
const CALLS = {
  sync: [],
  rooms: ["c"],
  room: ["r"],
  publicRooms: [{ q: "x", cursor: "c" }],
  createRoom: [{ kind: "group" }, "key"],
  updateRoom: ["r", {}],
  deleteRoom: ["r"],
  joinRoom: ["r"],
  leaveRoom: ["r"],
  members: ["r", { q: "x", marks: true, cursor: "c", limit: 10 }],
  putMember: ["r", "u", "member"],
  removeMember: ["r", "u"],
  setNotificationSettings: ["r", {}],
  setMarkers: ["r", { read_seq: 1 }],
  putDraft: ["r", { content: "x" }],
  deleteDraft: ["r"],
  markUnread: ["r", 3],
  clearUnread: ["r"],
  invites: ["r", "c"],
  createInvite: ["r", "key", { uses: 1 }],
  revokeInvite: ["r", "code"],
  invite: ["code"],
  acceptInvite: ["code"],
  invitations: [],
  acceptInvitation: ["r"],
  declineInvitation: ["r"],
  bans: ["r", "c"],
  ban: ["r", "u", "why"],
  unban: ["r", "u"],
  reports: ["r", "c"],
  reportMessage: ["r", 1, "why"],
  resolveReports: ["r", 1],
  messages: ["r", { before: 1, after: 2, around: 3, limit: 4 }],
  message: ["r", 1],
  postMessage: ["r", { content: "x" }],
  editMessage: ["r", 1, "x"],
  deleteMessage: ["r", 1],
  addReaction: ["r", 1, "👍🏽"],
  removeReaction: ["r", 1, "❤️"],
  receipts: ["r", 1, "c"],
  replies: ["r", 1, "c"],
  searchMessages: [{ q: "x", roomId: "r", from: "u", after: "t", before: "t", sort: "newest", cursor: "c" }],
  pins: ["r", "c"],
  pin: ["r", 1],
  unpin: ["r", 1],
  saved: ["c"],
  save: ["r", 1],
  unsave: ["r", 1],
  uploadFile: [FILE],
  deleteFile: ["f"],
  blob: ["/api/v1/files/f"],
  users: [{ q: "x", cursor: "c", limit: 5 }],
  user: ["u"],
  userByName: ["@Bob "],
  onlineUsers: ["c"],
  block: ["u"],
  unblock: ["u"],
  blocks: ["c"],
  isBlocked: ["u"],
  me: [],
  updateMe: [{}],
  setAvatar: [FILE],
  removeAvatar: [],
  preferences: [],
  updatePreferences: [{}],
  badges: [],
  exportAccount: ["c"],
  deleteAccount: ["secret"],
  changePassword: ["old", "new"],
  sessions: ["c"],
  endSession: ["s"],
  endOtherSessions: [],
  createTicket: [],
  changeEmail: ["a@example.org", "secret"],
  resendVerification: [],
  verifyEmail: ["t"],
  forgotPassword: ["a@example.org"],
  resetPassword: ["t", "new"],
};

/** Paths of the document below /api/v1, each with a pattern, its methods and their parameters. */
function operations() {
  const paths = new Map();
  const add = (path, method, names) => {
    const pattern = new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+")}$`);
    const entry = paths.get(path) ?? { path, pattern, methods: {} };
    entry.methods[method] = [...(entry.methods[method] ?? []), ...names];
    paths.set(path, entry);
  };
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      if (!operation.responses || !path.startsWith("/api/v1")) continue;
      const parameters = (operation.parameters ?? []).map(({ $ref, ...own }) => ($ref ? pointed($ref) : own));
      add(
        path.replace("/api/v1", ""),
        method,
        parameters.filter((each) => each.in === "query").map(({ name }) => name),
      );
    }
  }
  for (const [path, methods] of Object.entries(NEW)) for (const [method, names] of Object.entries(methods)) add(path, method, names);
  // Fixed words come before parameters: /users/me is not /users/{user_id}.
  return [...paths.values()].sort((a, b) => a.path.split("{").length - b.path.split("{").length);
}

function pointed(reference) {
  return reference
    .split("/")
    .slice(1)
    .reduce((node, name) => node[name], document);
}

test("the calls tried here are all there are", () => {
  assert.deepEqual(Object.keys(makeAPI().api).sort(), Object.keys(CALLS).sort());
});

test("each call is an operation of the document, with its parameters; and each operation of a user has a call", async () => {
  const { api, requests } = makeAPI();
  const all = operations();
  const called = new Set();
  for (const [name, values] of Object.entries(CALLS)) {
    const before = requests.length;
    await api[name](...values);
    assert.equal(requests.length, before + 1, name);
    const { method, url } = requests[before];
    const path = url.pathname.replace("/api/v1", "");
    const operation = all.find(({ pattern, methods }) => pattern.test(path) && methods[method.toLowerCase()]);
    assert.ok(operation, `${name}: ${method} ${path}`);
    called.add(`${method} ${operation.path}`);
    for (const parameter of url.searchParams.keys()) {
      assert.ok(operation.methods[method.toLowerCase()].includes(parameter), `${name}: ?${parameter}`);
    }
  }
  const missing = all
    .filter(({ path }) => !NOT_HERE.test(path))
    .flatMap(({ path, methods }) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`))
    .filter((operation) => !called.has(operation));
  assert.deepEqual(missing, ["GET /rooms/{room_id}/bans/{user_id}"]);
});

test("calls of nobody bear no token, all others do", async () => {
  const { api, requests } = makeAPI();
  const open = ["invite", "verifyEmail", "forgotPassword", "resetPassword"];
  for (const [name, values] of Object.entries(CALLS)) {
    await api[name](...values);
    assert.equal(requests.at(-1).headers.get("Authorization"), open.includes(name) ? null : "Bearer token 1", name);
  }
});
