// What the composer offers: the word before the caret, people who spoke lately before others, rooms as links.

import assert from "node:assert/strict";
import { test } from "node:test";
import { likeness, matchingPeople, matchingRooms, roomLink, speakers, wantedAt } from "../../../nginx/html/elements/completions.js";
import { parse } from "../../../nginx/html/parts/markup.js";

const at = (text) => wantedAt(text, text.length);
const person = (user_id, display_name, username = user_id) => ({ user_id, username, display_name });

test("a name, a room or an emoji is being written; a mail address, a time and a heading are none", () => {
  assert.deepEqual(at("hi @al"), { kind: "person", start: 3, query: "al" });
  assert.deepEqual(at("hi @"), { kind: "person", start: 3, query: "" });
  assert.deepEqual(at("see #de"), { kind: "room", start: 4, query: "de" });
  assert.deepEqual(at("(#"), { kind: "room", start: 1, query: "" });
  assert.deepEqual(at("well :th"), { kind: "emoji", start: 5, query: "th" });
  for (const text of ["mail@al", "at 10:30", "a#b", "https://x.example/#room", "", "@al ", "C#"]) assert.equal(at(text), null, text);
  assert.deepEqual(wantedAt("@al and more", 3), { kind: "person", start: 0, query: "al" });
});

test("names match by the beginning of any word, with or without accents and capitals", () => {
  assert.equal(likeness("jose", ["José Núñez"]), 2);
  assert.equal(likeness("nún", ["José Nunez"]), 1);
  assert.equal(likeness("45", ["person_45"]), 1);
  assert.equal(likeness("ose", ["José"]), 0);
  assert.equal(likeness("", ["anybody"]), 2);
  assert.equal(likeness("a", [null, undefined]), 0);
});

test("who spoke last comes first, each once, by the name that they have now", () => {
  const said = ["bob", "alice", "bob", "carol", "alice"].map((user_id) => ({ user_id, username: user_id, display_name: "old" }));
  const users = new Map([["alice", person("alice", "Alice now")]]);
  assert.deepEqual(
    speakers(said, users).map(({ user_id, display_name }) => [user_id, display_name]),
    [
      ["alice", "Alice now"],
      ["carol", "old"],
      ["bob", "old"],
    ],
  );
});

test("people are offered once, without the user and without those who are gone", () => {
  const spoke = [person("bert", "Bert"), person("me", "Bernd"), person("anna", "Anna Berg")];
  const members = [person("bella", "Bella"), person("bert", "Bert"), person("gone", "Ben", null), person("dan", "Dan")];
  const found = (query, limit = 8) => matchingPeople(query, [...spoke, ...members], { without: "me", limit }).map(({ user_id }) => user_id);
  assert.deepEqual(found("be"), ["bert", "bella", "anna"]);
  assert.deepEqual(found("be", 2), ["bert", "bella"]);
  assert.deepEqual(found("x"), []);
  assert.deepEqual(found(""), ["bert", "anna", "bella", "dan"]);
});

test("rooms with a name are offered, best first", () => {
  const room = (name, kind = "public") => ({ room_id: name, name, kind });
  const rooms = [room("Old design"), room("Design crit"), room(null, "group"), room("Dora", "direct"), room("Lobby")];
  assert.deepEqual(
    matchingRooms("de", rooms, 5).map(({ name }) => name),
    ["Design crit", "Old design"],
  );
});

test("a link to a room leads there and nowhere else, whatever its name holds", () => {
  const link = (name) => JSON.stringify(parse(roomLink({ room_id: "01ABC", name }, "https://chat.example/echo/")));
  const address = "https://chat.example/echo/#/room/01ABC";
  for (const name of ["Lobby", "a [b] *c* \\ `d` <e> _f_", "](x)"]) {
    const children = [{ type: "link", address, children: [{ type: "text", text: `#${name}` }] }];
    assert.equal(link(name), JSON.stringify([{ type: "paragraph", children }]));
  }
  for (const name of ["](https://evil.example)", "www.evil.example", "a@evil.example", null]) {
    const children = [{ type: "autolink", text: address, address }];
    assert.equal(link(name), JSON.stringify([{ type: "paragraph", children }]), name);
  }
});
