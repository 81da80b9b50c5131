// Rooms and people are found by what a person types.

import assert from "node:assert/strict";
import { test } from "node:test";
import { distance, folded, matching } from "../../../nginx/html/elements/name-match.js";
import { joined, PeopleSearch } from "../../../nginx/html/elements/people-search.js";
import { quietChoices, quietEnd } from "../../../nginx/html/elements/quiet.js";
import { choicesFor } from "../../../nginx/html/elements/switcher-choices.js";
import { loadTexts } from "../../../nginx/html/parts/texts.js";
import { Changes } from "../../../nginx/html/state/changes.js";
import { Settings } from "../../../nginx/html/state/settings.js";
import { Store } from "../../../nginx/html/state/store.js";
import { FakeClock } from "../support/clock.js";
import { makeSidebar, room, user } from "../support/sidebar.js";

const state = { Changes, Settings, Store };
const texts = await loadTexts({ language: "en", locale: "en-GB" });
const found = (query, ...names) =>
  matching(
    query,
    names.map((name) => ({ name })),
  ).map(({ name }) => name);

test("case, accents and the sign before a name do not matter", () => {
  assert.equal(folded("ZOË"), "zoe");
  assert.deepEqual(found("zoe", "Zoë Carol", "Bob"), ["Zoë Carol"]);
  assert.deepEqual(found("@BOB", "Zoë Carol", "Bob"), ["Bob"]);
  assert.deepEqual(found("#гар", "Гараж"), ["Гараж"]);
  assert.deepEqual(found("日本", "東京", "日本語"), ["日本語"]);
});

test("the whole name comes before its beginning, that before a word, and that before the middle of one", () => {
  assert.deepEqual(found("tea", "Steam", "High tea", "Tea time", "tea"), ["tea", "Tea time", "High tea", "Steam"]);
});

test("words are found in any order, all of them", () => {
  assert.deepEqual(found("crit design", "Design crit", "Design", "Design: the crit"), ["Design crit", "Design: the crit"]);
});

test("a username finds its user, too", () => {
  assert.equal(distance("al", { name: "Ms Smith", hint: "alice" }), 2);
  assert.equal(distance("xyz", { name: "Ms Smith", hint: "alice" }), null);
});

test("without a query everything fits, in its own order, up to as many as are wanted", () => {
  assert.deepEqual(found("", "b", "a"), ["b", "a"]);
  assert.equal(
    matching(
      " ",
      Array.from({ length: 9 }, () => ({ name: "x" })),
      3,
    ).length,
    3,
  );
});

test("the switcher offers what is unread first, and people who have no room yet", () => {
  const rooms = [
    room("tea", { name: "Tea", minute: 5, messages: 1 }),
    room("team", { name: "Team", minute: 1, messages: 2, read: 1 }),
    room("d", { kind: "direct", other: "bob", minute: 3, messages: 1 }),
  ];
  const { store } = makeSidebar({ state, rooms, texts, clock: new FakeClock() });
  const keys = (query, ...people) => choicesFor(query, { store, people }).map(({ key }) => key);
  assert.deepEqual(keys(""), ["team", "tea", "d"]);
  assert.deepEqual(keys("te"), ["team", "tea"]);
  assert.deepEqual(keys("tea"), ["tea", "team"], "the whole name wins");
  assert.deepEqual(keys("b", user("bob"), user("dan")), ["d", "user-dan"], "Bob has a room");
});

/** A search that a test answers. */
function searching() {
  const clock = new FakeClock();
  const asked = [];
  const api = {
    users: ({ q }, { signal }) =>
      new Promise((resolve, reject) => asked.push({ q, signal, answer: (items) => resolve({ items }), fail: reject })),
  };
  const told = [];
  const context = { ...makeSidebar({ state, texts, clock }), api };
  const search = new PeopleSearch(context, (people, { isComplete }) => told.push([people.map(({ user_id: id }) => id), isComplete]));
  return { clock, asked, told, search, store: context.store };
}

test("people who are known are offered at once, those of the server after them; nobody twice, and not oneself", async () => {
  const { clock, asked, told, search } = searching();
  search.search("@b");
  assert.deepEqual(told, [[["bob"], false]]);
  await clock.advance(200);
  assert.equal(asked[0].q, "b");
  asked[0].answer([user("beate"), user("bob"), user("me")]);
  await clock.advance(0);
  assert.deepEqual(told[1], [["bob", "beate"], true]);
});

test("an answer to what is no longer typed is not shown, and asked for no more", async () => {
  const { clock, asked, told, search } = searching();
  search.search("be");
  await clock.advance(200);
  search.search("bo");
  assert.ok(asked[0].signal.aborted);
  asked[0].answer([user("beate")]);
  await clock.advance(199);
  assert.equal(asked.length, 1, "one question for a burst of keys");
  assert.deepEqual(told.at(-1), [["bob"], false]);
  await clock.advance(1);
  asked[1].fail(new Error("the network is down"));
  await clock.advance(0);
  assert.deepEqual(told.at(-1), [["bob"], true], "those who are known stay");
});

test("what the server says of a person is newer than what is known", () => {
  const merged = joined([{ user_id: "bob", display_name: "Bob", status_text: "here" }], [{ user_id: "bob", display_name: "Robert" }]);
  assert.deepEqual(merged, [{ user_id: "bob", display_name: "Robert", status_text: "here" }]);
});

test("tomorrow morning is this morning for those who are up in the night", () => {
  const at = (day, hour) => new Date(2026, 0, day, hour).getTime();
  assert.equal(quietEnd("morning", at(5, 23)), new Date(2026, 0, 6, 8).toISOString());
  assert.equal(quietEnd("morning", at(6, 2)), new Date(2026, 0, 6, 8).toISOString());
  assert.equal(quietEnd("hour", at(6, 2)), new Date(at(6, 3)).toISOString());
  assert.equal(quietEnd("off", at(6, 2)), "");
});

test("do-not-disturb that runs says until when, and is over afterwards", async () => {
  const clock = new FakeClock();
  const { settings } = makeSidebar({ state, texts, clock });
  const chosen = () =>
    quietChoices({ settings, texts, clock })
      .filter(({ isChecked }) => isChecked)
      .map(({ name }) => name);
  assert.deepEqual(chosen(), ["off"]);
  settings.set("quietUntil", quietEnd("hour", clock.now()));
  assert.deepEqual(chosen(), ["on"]);
  await clock.advance(3_600_000);
  assert.deepEqual(chosen(), ["off"]);
});
