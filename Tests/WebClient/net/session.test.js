// A session of the site: one token, kept fresh, and one refresh at a time over all tabs.

import assert from "node:assert/strict";
import { test } from "node:test";
import { CookieSession } from "../../../nginx/html/net/account-session.js";
import { settle } from "../support/clock.js";
import { fakeLock } from "../support/environment.js";
import { json, problem } from "../support/fetch.js";
import { makeSession, tokenPairs } from "../support/session.js";

test("a page signs in with a cookie, which no script sees, and says so to the server", async () => {
  const { session, requests } = makeSession(CookieSession, tokenPairs());
  assert.equal(session.isSignedIn, false);
  await session.login({ username: "alice", password: "secret" });
  assert.deepEqual(requests[0].body, { username: "alice", password: "secret", refresh: "cookie" });
  assert.equal(requests[0].headers.get("X-EchoChat"), "1");
  assert.equal(session.currentToken, "access 1");
  await session.refresh();
  assert.deepEqual([requests[1].path, requests[1].body, session.currentToken], ["auth/refresh", undefined, "access 2"]);
  await session.logout();
  assert.deepEqual([requests[2].path, requests[2].headers.get("Authorization")], ["auth/logout", "Bearer access 2"]);
  assert.equal(session.isSignedIn, false);
});

test("a token is used until it is nearly over, and refreshed once however many want it", async () => {
  const { session, environment, requests } = makeSession(CookieSession, tokenPairs());
  await session.register({ username: "alice", password: "secret" });
  await environment.clock.advance(839_000);
  assert.equal(await session.token(), "access 1");
  await environment.clock.advance(1_000);
  assert.deepEqual(await Promise.all([session.token(), session.token(), session.refresh()]), Array(3).fill("access 2"));
  assert.equal(requests.length, 2);
  assert.equal(session.refreshAt, environment.now() + 840_000);
});

test("a short token is refreshed after three quarters of its life", async () => {
  const { session, environment } = makeSession(CookieSession, tokenPairs({ expires_in: 40 }));
  await session.login({});
  assert.equal(session.refreshAt, environment.now() + 30_000);
});

test("while the server is away the old token serves until it expires", async () => {
  let isAway = false;
  const respond = tokenPairs();
  const { session, environment, ...made } = makeSession(CookieSession, () => (isAway ? problem(503, "unavailable") : respond()));
  await session.login({});
  isAway = true;
  await environment.clock.advance(899_999);
  assert.equal(await session.token(), "access 1");
  await environment.clock.advance(1);
  await assert.rejects(session.token(), { code: "unavailable" });
  isAway = false;
  assert.equal(await session.token(), "access 2");
  assert.equal(made.ended, 0);
});

test("a session that the server ended has ended, once", async () => {
  let isOver = false;
  const respond = tokenPairs();
  const made = makeSession(CookieSession, () => (isOver ? problem(401, "unauthenticated") : respond()));
  await made.session.login({});
  isOver = true;
  await assert.rejects(made.session.refresh(), { status: 401 });
  await assert.rejects(made.session.refresh(), { status: 401 });
  assert.deepEqual([made.ended, made.session.isSignedIn], [1, false]);
});

test("an earlier visit is restored; without one the answer is no; without a server there is none", async () => {
  assert.equal(await makeSession(CookieSession, tokenPairs()).session.restore(), true);
  const none = makeSession(CookieSession, () => new Response(null, { status: 204 }));
  assert.deepEqual([await none.session.restore(), none.ended], [false, 0]);
  await assert.rejects(makeSession(CookieSession, () => null).session.restore(), { code: "network" });
});

test("signing out is not claimed if the server was not told", async () => {
  let isAway = false;
  const respond = tokenPairs();
  const { session } = makeSession(CookieSession, () => (isAway ? null : respond()));
  await session.login({});
  isAway = true;
  await assert.rejects(session.logout(), { code: "network" });
  assert.equal(session.isSignedIn, true);
});

test("tabs refresh one after the other, never two at once", async () => {
  const lock = fakeLock();
  let running = 0;
  let most = 0;
  const respond = tokenPairs();
  const slow = async () => {
    running += 1;
    most = Math.max(most, running);
    await settle();
    running -= 1;
    return respond();
  };
  const tabs = Array.from({ length: 3 }, () => makeSession(CookieSession, slow, { lock }));
  const answers = await Promise.all(tabs.map(({ session }) => session.restore()));
  assert.deepEqual([answers, most], [[true, true, true], 1]);
});

test("who may register is asked of the service", async () => {
  const made = makeSession(CookieSession, () => json(200, { registration: "invite" }));
  assert.equal((await made.session.service()).registration, "invite");
  assert.equal(String(made.requests[0].url), "https://chat.example.org/api/v1");
});
