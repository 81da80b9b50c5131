// How REST calls are sent: their paths, their token, and what is repeated.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FILE, makeAPI } from "../support/api.js";
import { json, problem } from "../support/fetch.js";

test("whatever is in a name stays in its part of the path", async () => {
  const { api, requests } = makeAPI();
  await api.putMember("../me", "a/b?c#d", "member");
  await api.addReaction("r", 1, "👍🏽");
  await api.removeMember("..", ".");
  assert.deepEqual(
    requests.map(({ path }) => path),
    ["rooms/..%2Fme/members/a%2Fb%3Fc%23d", `rooms/r/messages/1/reactions/${encodeURIComponent("👍🏽")}`, "rooms/%252E%252E/members/%252E"],
  );
});

test("a site below a path has its files there, too", async () => {
  const { api, requests } = makeAPI(undefined, "https://example.org/chat/api/v1/");
  await api.blob("/api/v1/users/u/avatar?v=2");
  assert.equal(String(requests[0].url), "https://example.org/chat/api/v1/users/u/avatar?v=2");
});

test("whether a user is blocked is looked up on all pages, but not without end", async () => {
  const pages = { null: { items: [], next_cursor: "a" }, a: { items: [{ user: { user_id: "bob" } }], next_cursor: null } };
  const { api } = makeAPI(({ url }) => json(200, pages[url.searchParams.get("cursor")]));
  assert.deepEqual([await api.isBlocked("bob"), await api.isBlocked("carol")], [true, false]);
  pages.a.next_cursor = "a";
  await assert.rejects(api.isBlocked("carol"), { code: "internal_error" });
});

test("a refused token is refreshed and the request repeated, once", async () => {
  const { api, session, requests } = makeAPI(({ headers }) =>
    headers.get("Authorization") === "Bearer token 1" ? problem(401, "token_expired") : json(200, { user_id: "alice" }),
  );
  assert.deepEqual(await api.me(), { user_id: "alice" });
  assert.deepEqual([requests.length, session.refreshes], [2, 1]);

  const never = makeAPI(() => problem(401, "unauthenticated"));
  await assert.rejects(never.api.me(), { status: 401 });
  assert.deepEqual([never.requests.length, never.session.refreshes], [2, 1]);
});

test("two requests whose token is refused share the new one", async () => {
  let answer;
  const { api, session } = makeAPI(({ headers, path }) => {
    if (headers.get("Authorization") !== "Bearer token 1") return json(200, {});
    return path === "rooms/r" ? problem(401, "token_expired") : new Promise((resolve) => (answer = resolve));
  });
  const late = api.me();
  await api.room("r");
  answer(problem(401, "token_expired"));
  await late;
  assert.equal(session.refreshes, 1);
});

test("a wrong password in a request is no reason to refresh", async () => {
  const { api, session, requests } = makeAPI(() => problem(401, "bad_credentials"));
  await assert.rejects(api.deleteAccount("wrong"), { code: "bad_credentials" });
  assert.deepEqual([requests.length, session.refreshes], [1, 0]);
});

test("nothing else is repeated", async () => {
  for (const response of [null, problem(503, "unavailable"), problem(429, "rate_limited")]) {
    const { api, requests } = makeAPI(() => response?.clone() ?? null);
    await assert.rejects(api.postMessage("r", { content: "x" }), { isTransient: true });
    assert.equal(requests.length, 1);
  }
});

test("a retry of what creates bears the caller's key", async () => {
  const { api, requests } = makeAPI();
  await api.createRoom({ kind: "group" }, "k1");
  await api.createInvite("r", "k2");
  assert.deepEqual(
    requests.map(({ headers }) => headers.get("Idempotency-Key")),
    ["k1", "k2"],
  );
});

test("nobody is found by a name that is only like theirs", async () => {
  await assert.rejects(makeAPI().api.userByName("bobby"), { code: "no_such_user" });
});

test("who is blocked is looked for on every page", async () => {
  const pages = { "": { items: [], next_cursor: "2" }, 2: { items: [{ user: { user_id: "mallory" } }], next_cursor: null } };
  const { api, requests } = makeAPI(({ url }) => json(200, pages[url.searchParams.get("cursor") ?? ""]));
  assert.deepEqual([await api.isBlocked("mallory"), await api.isBlocked("bob"), requests.length], [true, false, 4]);
});

test("a file is sent with its name; what it is, the server finds out if nobody says", async () => {
  const { api, requests } = makeAPI();
  await api.uploadFile(FILE);
  await api.uploadFile(new Blob(["x"]), { type: "text/plain" });
  assert.deepEqual(
    requests.map(({ headers }) => [headers.get("X-Filename"), headers.get("Content-Type")]),
    [
      ["a%20%C3%BC.txt", "application/octet-stream"],
      ["file", "text/plain"],
    ],
  );
});
