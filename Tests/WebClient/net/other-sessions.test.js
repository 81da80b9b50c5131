// Sessions of programs, which keep their refresh token, and of a host application, which gives the tokens.

import assert from "node:assert/strict";
import { test } from "node:test";
import { HostSession } from "../../../nginx/html/net/host-session.js";
import { TokenSession } from "../../../nginx/html/net/token-session.js";
import { settle } from "../support/clock.js";
import { json, problem } from "../support/fetch.js";
import { keeper, makeSession, tokenPairs } from "../support/session.js";

test("a program keeps each new refresh token before it uses the access token", async () => {
  const keep = keeper();
  const { session, requests } = makeSession(TokenSession, tokenPairs(), { keep });
  assert.equal(await session.restore(), false);
  assert.equal(requests.length, 0);
  await session.login({ username: "robo", password: "secret" });
  assert.deepEqual(requests[0].body, { username: "robo", password: "secret" });
  assert.equal(requests[0].headers.get("X-EchoChat"), null);
  await session.refresh();
  assert.deepEqual([requests[1].body, keep.saved], [{ refresh_token: "refresh 1" }, ["refresh 1", "refresh 2"]]);

  const again = makeSession(TokenSession, tokenPairs(), { keep });
  assert.equal(await again.session.restore(), true);
  assert.deepEqual(again.requests[0].body, { refresh_token: "refresh 2" });
});

test("a new access token is not used while the refresh token that came with it is still being kept", async () => {
  let isKept;
  const keep = { load: () => "old", save: () => new Promise((resolve) => (isKept = resolve)) };
  const { session } = makeSession(TokenSession, tokenPairs(), { keep });
  const token = session.token();
  await settle();
  assert.equal(session.currentToken, null);
  isKept();
  assert.equal(await token, "access 1");
});

test("a program whose token cannot be kept does not sign in with it", async () => {
  const keep = { ...keeper(), save: () => Promise.reject(new Error("disk full")) };
  const { session } = makeSession(TokenSession, tokenPairs(), { keep });
  await assert.rejects(session.login({}), /disk full/);
  assert.equal(session.isSignedIn, false);
});

test("a program forgets the token of a session that has ended, and keeps it while the server is away", async () => {
  const keep = keeper("old");
  await assert.rejects(makeSession(TokenSession, () => null, { keep }).session.refresh(), { code: "network" });
  assert.equal(keep.token, "old");
  await assert.rejects(makeSession(TokenSession, () => problem(401, "unauthenticated"), { keep }).session.refresh(), { status: 401 });
  assert.equal(keep.token, null);
});

test("a program signs out by its refresh token, and forgets it", async () => {
  const keep = keeper("old");
  const { session, requests } = makeSession(TokenSession, () => json(200, {}), { keep });
  await session.logout();
  assert.deepEqual([requests[0].path, requests[0].body, keep.token], ["auth/revoke", { token: "old" }, null]);
});

const jwt = (payload) => `e30.${Buffer.from(JSON.stringify(payload)).toString("base64url")}.sig`;

test("a host application is asked again shortly before its token expires", async () => {
  let asked = 0;
  const { session, environment } = makeSession(HostSession, null, {
    token: async () => {
      asked += 1;
      return jwt({ sub: "ä?>~", exp: environment.now() / 1000 + 600 });
    },
  });
  const token = await session.token();
  await environment.clock.advance(539_000);
  assert.equal(await session.token(), token);
  assert.equal(asked, 1);
  await environment.clock.advance(1_000);
  await session.token();
  assert.equal(asked, 2);
});

test("a token that does not say when it expires, or is over by our clock, lasts a minute", async () => {
  for (const token of ["opaque", jwt({}), jwt({ exp: 1 }), "a.%%%.c"]) {
    const { session, environment } = makeSession(HostSession, null, { token: () => token });
    await session.token();
    assert.equal(session.refreshAt, environment.now() + 45_000, token);
  }
});

test("a host application that fails is asked again; one where nobody is signed in has ended the session", async () => {
  let answer = () => "opaque";
  const made = makeSession(HostSession, null, { token: () => answer() });
  await made.session.refresh();
  answer = () => {
    throw new Error("502");
  };
  await assert.rejects(made.session.refresh(), { code: "host", isTransient: true });
  assert.deepEqual([made.ended, made.session.isSignedIn], [0, true]);
  answer = () => null;
  await assert.rejects(made.session.refresh(), { status: 401 });
  assert.deepEqual([made.ended, made.session.isSignedIn], [1, false]);
  assert.equal(await made.session.restore(), false);
});
