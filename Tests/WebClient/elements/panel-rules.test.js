// What the panel decides without the page: who may do what, what is searched for, what is exported.

import assert from "node:assert/strict";
import { test } from "node:test";
import { collectExport } from "../../../nginx/html/elements/account-export.js";
import { isModerator, mayPin, memberActions } from "../../../nginx/html/elements/member-rules.js";
import { quietHours } from "../../../nginx/html/elements/quiet-hours.js";
import { searchQuery } from "../../../nginx/html/elements/search-query.js";

const room = (role, kind = "group") => ({ kind, me: role ? { role } : null });

test("owners change every role but that of other owners", () => {
  assert.deepEqual(memberActions(room("owner"), "member"), ["make_moderator", "make_owner", "remove", "ban"]);
  assert.deepEqual(memberActions(room("owner"), "moderator"), ["make_member", "make_owner", "remove", "ban"]);
  assert.deepEqual(memberActions(room("owner"), "owner"), []);
});

test("moderators remove and ban members alone", () => {
  assert.deepEqual(memberActions(room("moderator"), "member"), ["remove", "ban"]);
  for (const role of ["moderator", "owner", null]) assert.deepEqual(memberActions(room("moderator"), role), []);
});

test("members, strangers and people in a direct room do nothing to each other", () => {
  assert.deepEqual(memberActions(room("member"), "member"), []);
  assert.deepEqual(memberActions(room(null, "public"), "member"), []);
  assert.deepEqual(memberActions(room("owner", "direct"), "member"), []);
  assert.deepEqual(memberActions(undefined, "member"), []);
});

test("moderators lead a room, and both people of a direct one may pin", () => {
  assert.deepEqual([room("owner"), room("moderator"), room("member"), room("owner", "direct"), null].map(isModerator), [
    true,
    true,
    false,
    false,
    false,
  ]);
  assert.deepEqual([room("moderator"), room("member"), room("member", "direct"), room(null, "direct")].map(mayPin), [
    true,
    false,
    true,
    false,
  ]);
});

const FIELDS = { words: " lunch  time ", roomId: null, from: null, firstDay: "", lastDay: "", isBestFirst: false };

test("without words nothing is searched for", () => {
  assert.equal(searchQuery({ ...FIELDS, words: " \n" }), null);
  assert.deepEqual(searchQuery(FIELDS), {
    q: "lunch  time",
    roomId: null,
    from: undefined,
    after: undefined,
    before: undefined,
    sort: undefined,
  });
});

test("the days of a search are whole days of the user's calendar, the last one with it", () => {
  const query = searchQuery({ ...FIELDS, firstDay: "2026-02-28", lastDay: "2026-02-28", roomId: "r", from: "u", isBestFirst: true });
  assert.equal(query.after, new Date(2026, 1, 28).toISOString());
  assert.equal(query.before, new Date(2026, 2, 1).toISOString());
  assert.deepEqual([query.roomId, query.from, query.sort], ["r", "u", "best"]);
  assert.equal(searchQuery({ ...FIELDS, firstDay: "2026-2-8" }).after, undefined);
});

test("an export has the account once and the messages of all pages", async () => {
  const pages = {
    start: { user: { username: "alice" }, messages: [1, 2], next_cursor: "a" },
    a: { messages: [3], next_cursor: "b" },
    b: { messages: [] },
  };
  const told = [];
  const file = await collectExport(
    async (cursor) => pages[cursor ?? "start"],
    (count) => told.push(count),
  );
  assert.deepEqual(JSON.parse(await file.text()), { user: { username: "alice" }, messages: [1, 2, 3] });
  assert.deepEqual([told, file.type], [[2, 3, 3], "application/json"]);
});

test("an export that does not end is a fault of the server: a cursor that comes again, or ever new ones", async () => {
  const cursors = [];
  const repeating = async (cursor) => cursors.push(cursor) && { messages: [1], next_cursor: cursor === "a" ? "b" : "a" };
  await assert.rejects(collectExport(repeating), { code: "internal_error" });
  assert.deepEqual(cursors, [null, "a", "b"]);
  let calls = 0;
  await assert.rejects(
    collectExport(async () => ({ next_cursor: String((calls += 1)) })),
    { code: "internal_error" },
  );
  assert.equal(calls, 10_000);
});

test("quiet hours need two different times", () => {
  assert.deepEqual(quietHours("22:00", "07:00", "Europe/Berlin"), { from: "22:00", to: "07:00", time_zone: "Europe/Berlin" });
  for (const [from, to] of [
    ["", "07:00"],
    ["22:00", ""],
    ["07:00", "07:00"],
  ])
    assert.equal(quietHours(from, to, "UTC"), null);
});
