// A user reads a room with many new messages: what the server is told is what was in sight, and no more.

import assert from "node:assert/strict";
import { test } from "node:test";
import { WINDOW_MAX } from "../../../nginx/html/state/timeline.js";
import { randomFrom } from "../support/environment.js";
import { makeWorld, withSeed } from "../support/world.js";

const ROWS = 20; // fit on the screen
const READ = 100;

/** A screen that shows the window of a room, as the page does; `top` is the seq of its first row. */
class Screen {
  top = 0;

  constructor(world) {
    this.world = world;
  }

  get timeline() {
    return this.world.store.timeline("r");
  }

  get readSeq() {
    return this.world.server.rooms.get("r").members.get("me").marks.read_seq;
  }

  async open(at) {
    const seq = await this.world.history.open("r", at);
    await this.scrollTo(seq === null ? this.timeline.last - ROWS + 1 : seq);
  }

  async scrollTo(top) {
    const { history } = this.world;
    if (top < this.timeline.first) await history.loadOlder("r");
    if (top + ROWS > this.timeline.last) await history.loadNewer("r");
    const { first, last } = this.timeline;
    this.top = Math.max(first, Math.min(top, last - ROWS + 1));
    this.show();
  }

  show() {
    const rows = [...this.timeline].map(({ seq }) => seq).filter((seq) => seq >= this.top && seq < this.top + ROWS);
    this.rows = rows;
    this.world.reading.setInSight("r", rows.at(-1) ?? null, rows);
  }

  async wait(ms) {
    await this.world.clock.advance(ms);
    this.world.deliver();
    this.world.changes.flush();
  }
}

const withUnread = (unread) =>
  makeWorld({
    prepare: (server) => {
      server.addRoom("r", ["me", "alice"]);
      for (let seq = 1; seq <= READ + unread; seq += 1) server.post("r", "alice");
      server.mark("r", "me", { read_seq: READ });
      server.take();
    },
  });

for (const unread of [60, 600, 6_000]) {
  test(`${unread} new messages: read page by page, the marker follows what was in sight, to the end`, async () => {
    const world = await withUnread(unread);
    const screen = new Screen(world);
    world.reading.setAttention(true);
    await screen.open();
    assert.equal(screen.top, READ + 1);
    for (let pages = 0; screen.rows.at(-1) < READ + unread; pages += 1) {
      assert.ok(pages <= unread / 10, "it goes on");
      await screen.wait(1_500);
      assert.equal(screen.readSeq, screen.rows.at(-1));
      assert.ok(screen.timeline.size <= WINDOW_MAX);
      await screen.scrollTo(screen.rows.at(-1) + 1);
    }
    await screen.wait(1_500);
    assert.equal(screen.readSeq, READ + unread);
    assert.equal(world.store.unreadCount(world.store.rooms.get("r")), 0);
  });

  test(`${unread} new messages: nothing is read without the focus, nor by a jump to the end`, async () => {
    const world = await withUnread(unread);
    const screen = new Screen(world);
    await screen.open();
    await screen.wait(60_000);
    assert.equal(screen.readSeq, READ);
    world.reading.setAttention(true);
    await screen.open({ at: "newest" });
    await screen.wait(60_000);
    assert.equal(screen.rows.at(-1), READ + unread);
    assert.equal(screen.readSeq, READ);
    assert.equal(world.store.unreadCount(world.store.rooms.get("r")), unread);
    world.marks.readAll("r");
    await screen.wait(1_000);
    assert.equal(screen.readSeq, READ + unread, "unless the user says that all is read");
  });
}

test("at the end of a room, what others write is read as it comes; own messages as well", async () => {
  const world = await withUnread(0);
  const screen = new Screen(world);
  world.reading.setAttention(true);
  await screen.open();
  for (let count = 0; count < 50; count += 1) {
    world.server.post("r", count % 5 ? "alice" : "me");
    world.deliver();
    await screen.scrollTo(screen.timeline.last - ROWS + 1);
    await screen.wait(1_500);
    assert.equal(screen.readSeq, READ + count + 1);
  }
});

test("whatever the user does, the server is told the messages that were in sight for a second, without a hole", () =>
  withSeed(async (seed) => {
    const random = randomFrom(seed);
    const below = (limit) => Math.floor(random() * limit);
    for (let round = 0; round < 4; round += 1) {
      const world = await withUnread(200);
      const screen = new Screen(world);
      const seen = new Set();
      const inSight = new Map(); // row → for how long, since the last break
      const mayBeRead = new Set();
      let hasAttention = false;
      await screen.open();
      for (let step = 0; step < 60; step += 1) {
        const kind = below(12);
        if (kind === 0) world.reading.setAttention((hasAttention = below(3) > 0));
        else if (kind === 1) await screen.open({ at: ["newest", "unread", 1 + below(300)][below(3)] });
        else if (kind === 2) world.server.post("r", "alice");
        else if (kind < 9) await screen.scrollTo(screen.top + below(24) - 6);
        const isBreak = below(2) > 0; // what was in sight begins anew
        if (isBreak) world.reading.setAttention(false);
        world.reading.setAttention(hasAttention);
        screen.show();
        const isLong = below(3) > 0;
        const waited = isLong ? 1_000 : 300;
        await screen.wait(waited);
        if (isLong && hasAttention) for (const row of screen.rows) seen.add(row);
        const rows = new Set(hasAttention ? screen.rows : []);
        for (const row of inSight.keys()) if (isBreak || !rows.has(row)) inSight.delete(row);
        for (const row of rows) {
          inSight.set(row, (inSight.get(row) ?? 0) + waited);
          if (inSight.get(row) >= 1_000) mayBeRead.add(row);
        }
        await world.marks.flush();
        let through = READ;
        while (seen.has(through + 1)) through += 1;
        assert.ok(screen.readSeq >= through, `round ${round}, step ${step}: ${screen.readSeq} of ${through}`);
        for (let row = READ + 1; row <= screen.readSeq; row += 1) assert.ok(mayBeRead.has(row), `${row} was not seen`);
      }
    }
  }));
