// What is said of a message in plain words: in one line, how much of it is folded away, how far it has come.

import assert from "node:assert/strict";
import { test } from "node:test";
import { rightsOf } from "../../../nginx/html/elements/message-rights.js";
import { deliveryText, foldedLines, marksOf, namesText } from "../../../nginx/html/elements/message-summary.js";
import { inOneLine } from "../../../nginx/html/elements/summary.js";
import { Texts } from "../../../nginx/html/parts/texts.js";
import { words } from "../../../nginx/html/texts/en.js";

const texts = new Texts("en", words);
const NAMES = { alice: "Alice", bob: "Bob", carol: "Carol", dan: "Dan" };
const nameOf = (id) => NAMES[id];

test("a message in one line is its text, the names of its files, or that it is deleted", () => {
  assert.equal(inOneLine({ content: "**Tea?**", attachments: [{ name: "a.png" }] }, texts.t), "Tea?");
  assert.equal(inOneLine({ content: "", attachments: [{ name: "a.png" }, { name: "b.txt" }] }, texts.t), "a.png, b.txt");
  assert.equal(inOneLine({ content: "", deleted: true }, texts.t), "Message deleted");
});

test("over 20 lines are folded, be they written or broken; two more are not worth it", () => {
  assert.equal(foldedLines("word\n".repeat(20)), 0);
  assert.equal(foldedLines("word\n".repeat(23)), 0);
  assert.equal(foldedLines(`${"word\n".repeat(29)}end`), 10);
  assert.equal(foldedLines("x".repeat(76 * 30)), 10);
});

test("one mark stands after my newest message, and after older ones where it differs", () => {
  const reading = { 1: ["bob", "carol"], 2: ["bob", "carol"], 3: ["bob"], 4: ["bob"], 6: [], 7: [] };
  const deliveryOf = ({ seq }) => ({ status: reading[seq].length ? "read" : "sent", readers: reading[seq], previewers: [] });
  const mine = [7, 6, 5, 4, 3, 2, 1].map((seq) => ({ seq, deleted: seq === 5 }));
  assert.deepEqual([...marksOf(mine, deliveryOf).keys()], [7, 4, 2]);
  assert.deepEqual([...marksOf([{ state: "pending", client_id: "c" }, { seq: 7 }], deliveryOf).keys()], [7]);
});

test("the order in which the readers are known makes no difference", () => {
  const readers = { 1: ["bob", "carol"], 2: ["carol", "bob"] };
  const marks = marksOf([{ seq: 2 }, { seq: 1 }], ({ seq }) => ({ status: "read", readers: readers[seq], previewers: [] }));
  assert.deepEqual([...marks.keys()], [2]);
});

test("a mark names who has seen the message, in a direct room it says that it is read", () => {
  const say = (delivery, room) =>
    deliveryText({ status: "read", readers: [], previewers: [], ...delivery }, { memberCount: 9, nameOf, texts, ...room });
  assert.equal(say({ readers: ["bob"] }, { isDirect: true }), "Read");
  assert.equal(say({ readers: ["bob"] }, { isDirect: false }), "Seen by Bob");
  assert.equal(say({ readers: ["bob", "carol"] }, { isDirect: false }), "Seen by Bob and Carol");
  assert.equal(say({ readers: ["bob", "carol", "dan"] }, { isDirect: false }), "Seen by 3 people");
  assert.equal(say({ readers: ["bob", "carol", "dan"] }, { isDirect: false, memberCount: 4 }), "Seen by everyone");
  assert.equal(say({ status: "preview_read" }, { isDirect: false }), "Seen in a preview");
  assert.equal(say({ status: "sent" }, { isDirect: true }), "Sent");
});

test("of many names, the first are said", () => {
  assert.equal(namesText(["alice", "bob", "carol"], { max: 3, nameOf, texts }), "Alice, Bob, and Carol");
  assert.equal(namesText(["alice", "bob", "carol", "dan"], { max: 2, nameOf, texts }), "Alice, Bob and 2 others");
});

test("what may be done to a message depends on whose it is, the room and the role in it", () => {
  const rights = (user_id, room) =>
    Object.entries(rightsOf({ user_id }, room, "me"))
      .filter(([name, may]) => may && name.startsWith("may"))
      .map(([name]) => name.slice(3));
  const room = (kind, role) => ({ kind, me: { role } });
  assert.deepEqual(rights("me", room("group", "member")), ["Answer", "Edit", "Delete"]);
  assert.deepEqual(rights("bob", room("group", "member")), ["Answer", "Report"]);
  assert.deepEqual(rights("bob", room("public", "moderator")), ["Answer", "Delete", "Report", "Pin"]);
  assert.deepEqual(rights("bob", room("direct", "member")), ["Answer", "Pin"]);
  assert.deepEqual(rights("bob", { kind: "public", me: null }), []);
});
