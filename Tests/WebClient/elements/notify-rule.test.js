// When a new message makes itself known: the wishes for the room, do-not-disturb, and what is in front of the user.

import assert from "node:assert/strict";
import { test } from "node:test";
import { isQuietAt, wayToNotify } from "../../../nginx/html/elements/notify-rule.js";

const NOW = Date.parse("2026-03-04T12:00:00Z");

/** What is done about Bob's message to me in the Lobby, while I am elsewhere; with changes to the situation. */
function way({ me = {}, room = {}, message = {}, ...situation } = {}) {
  return wayToNotify({
    message: { room_id: "lobby", seq: 5, user_id: "bob", mentions: [], deleted: false, content: "hello", ...message },
    room: { room_id: "lobby", kind: "group", me: { notify: "all", muted_until: null, ...me }, ...room },
    myId: "me",
    readThrough: 4,
    hasAttention: false,
    isOpen: false,
    isQuiet: false,
    now: NOW,
    ...situation,
  });
}

test("a message to a user who is elsewhere is a notification", () => assert.equal(way(), "notification"));

test("what the user sees, wrote, has read or does not want is none", () => {
  assert.equal(way({ hasAttention: true, isOpen: true }), "nothing");
  assert.equal(way({ message: { user_id: "me" } }), "nothing");
  assert.equal(way({ message: { deleted: true } }), "nothing");
  assert.equal(way({ readThrough: 5 }), "nothing");
  assert.equal(way({ me: { notify: "none" } }), "nothing");
  assert.equal(way({ me: { muted_until: "2026-03-04T12:00:01Z" } }), "nothing");
  assert.equal(way({ isQuiet: true }), "nothing");
  assert.equal(way({ room: { me: null } }), "nothing");
  assert.equal(wayToNotify({ ...{ message: { seq: 1 }, room: undefined, myId: "me", readThrough: 0, now: NOW } }), "nothing");
});

test("in another room of a page that is looked at, it is a sound", () => assert.equal(way({ hasAttention: true }), "sound"));

test("a room that is open in a window behind others is not seen", () => assert.equal(way({ isOpen: true }), "notification"));

test("mutes end", () => assert.equal(way({ me: { muted_until: "2026-03-04T12:00:00Z" } }), "notification"));

test("with mentions only, a mention and a direct message are told, another is not", () => {
  const me = { notify: "mentions" };
  assert.equal(way({ me }), "nothing");
  assert.equal(way({ me, message: { mentions: ["me"] } }), "notification");
  assert.equal(way({ me, message: { mentions: ["carol"] } }), "nothing");
  assert.equal(way({ me, room: { kind: "direct", me: { notify: "mentions" } } }), "notification");
});

test("do-not-disturb holds until its end, and every day in its hours, also over midnight and in the user's time zone", () => {
  const at = (time, hours) => isQuietAt({ hours }, Date.parse(time));
  assert.equal(isQuietAt({ until: "2026-03-04T12:00:01Z" }, NOW), true);
  assert.equal(isQuietAt({ until: "2026-03-04T12:00:00Z" }, NOW), false);
  assert.equal(isQuietAt({ hours: null, until: null }, NOW), false);
  const night = { from: "22:00", to: "07:00", time_zone: "Europe/Berlin" };
  assert.equal(at("2026-01-10T20:59:00Z", night), false);
  assert.equal(at("2026-01-10T21:00:00Z", night), true);
  assert.equal(at("2026-01-11T05:59:00Z", night), true);
  assert.equal(at("2026-01-11T06:00:00Z", night), false);
  const lunch = { from: "12:00", to: "13:00", time_zone: "UTC" };
  assert.equal(at("2026-01-10T11:59:00Z", lunch), false);
  assert.equal(at("2026-01-10T12:30:00Z", lunch), true);
  assert.equal(at("2026-01-10T13:00:00Z", lunch), false);
  assert.equal(at("2026-01-10T00:00:00Z", { ...lunch, from: "00:00" }), true);
  assert.doesNotThrow(() => at("2026-01-10T12:30:00Z", { ...lunch, time_zone: "Atlantis/Capital" }));
});
