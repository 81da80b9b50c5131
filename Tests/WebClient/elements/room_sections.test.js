// The sections of the sidebar, and the next unread room.

import assert from "node:assert/strict";
import { test } from "node:test";
import { itemsOf, nextUnread, SECTIONS, sectionsOf } from "../../../nginx/html/elements/room-sections.js";
import { Random } from "../support/random.js";
import { withSeed } from "../support/world.js";

const rooms = (...ids) => ids.map((id) => ({ room_id: id, kind: id.startsWith("@") ? "direct" : "group" }));
const ids = (list) => list.map(({ room_id: roomId }) => roomId);
const shown = (sections) => Object.fromEntries(sections.map(({ name, rooms: list }) => [name, ids(list)]));
const unread = (...those) => ({ isUnread: ({ room_id: roomId }) => those.includes(roomId) });

test("what is unread comes first, then rooms, then people, each in the order that it had", () => {
  const sections = sectionsOf(rooms("tea", "@bob", "lunch", "@dan", "news"), unread("lunch", "@dan"));
  assert.deepEqual(shown(sections), { unread: ["lunch", "@dan"], rooms: ["tea", "news"], people: ["@bob"] });
  assert.deepEqual(
    sections.map(({ name }) => name),
    SECTIONS,
  );
});

test("a section without rooms is not there", () => {
  assert.deepEqual(shown(sectionsOf(rooms("tea"), unread())), { rooms: ["tea"] });
  assert.deepEqual(sectionsOf([], unread()), []);
});

test("a room that was unread when it was opened does not move away while it is open", () => {
  const options = { ...unread("news"), openId: "tea", heldId: "tea" };
  assert.deepEqual(shown(sectionsOf(rooms("tea", "news"), options)), { unread: ["tea", "news"] });
});

test("a collapsed section shows the open room only, and says how many it has", () => {
  const [section] = sectionsOf(rooms("tea", "news", "lunch"), { ...unread(), openId: "news", collapsed: new Set(["rooms"]) });
  assert.deepEqual({ shown: ids(section.rooms), count: section.count }, { shown: ["news"], count: 3 });
});

test("the list has each room once, below the heading of its section, whatever is unread, open or collapsed", () =>
  withSeed((seed) => {
    const random = new Random(seed);
    for (let run = 0; run < 200; run += 1) {
      const all = rooms(...Array.from({ length: random.below(12) }, (_, at) => `${random.pick(["", "@"])}r${at}`));
      const isUnread = new Set(ids(all).filter(() => random.below(3) === 0));
      const pick = () => (all.length && random.below(2) ? random.pick(all).room_id : null);
      const options = { isUnread: ({ room_id: roomId }) => isUnread.has(roomId), openId: pick(), heldId: pick() };
      const collapsed = new Set(SECTIONS.filter(() => random.below(4) === 0));
      const items = itemsOf(sectionsOf(all, { ...options, collapsed }));
      assert.equal(new Set(items.map(({ key }) => key)).size, items.length);
      let section = null;
      for (const item of items) {
        if ("section" in item) {
          section = item.section;
          continue;
        }
        const { room_id: roomId, kind } = item.room;
        const isNew = isUnread.has(roomId) || roomId === options.heldId;
        assert.equal(section.name, isNew ? "unread" : kind === "direct" ? "people" : "rooms");
        if (section.isCollapsed) assert.equal(roomId, options.openId);
      }
      const whole = itemsOf(sectionsOf(all, options)).filter((item) => "room" in item);
      assert.deepEqual(whole.map(({ key }) => key).sort(), ids(all).sort());
    }
  }));

test("the next unread room is the one that follows the open one, and after the last comes the first", () => {
  const all = rooms("a", "b", "c", "d");
  const next = (openId, step, ...those) => nextUnread(all, { ...unread(...those), openId, step })?.room_id ?? null;
  assert.equal(next("b", 1, "a", "d"), "d");
  assert.equal(next("d", 1, "a", "d"), "a");
  assert.equal(next("b", -1, "a", "d"), "a");
  assert.equal(next("a", -1, "a", "d"), "d");
  assert.equal(next("a", 1, "a"), null, "the open one is not its own next");
  assert.equal(next(null, 1, "b", "c"), "b");
  assert.equal(next(null, -1, "b", "d"), "d");
  assert.equal(next("gone", -1, "b", "c"), "c");
  assert.equal(nextUnread([], { ...unread(), openId: null, step: 1 }), null);
});
