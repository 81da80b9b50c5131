// The window of a room's messages against the room itself: random pages, gaps, edits, deletions, reactions and expiry, in any order.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Timeline, WINDOW_MAX } from "../../../nginx/html/state/timeline.js";
import { FakeClock, settle } from "../support/clock.js";
import { randomFrom } from "../support/environment.js";
import { FakeServer } from "../support/server.js";
import { withSeed } from "../support/world.js";

const STEPS = 400;
const ROUNDS = 12;
const EMOJI = ["👍", "🎉"];

/** A room whose pages and events reach the window late: pages in any order, events in theirs. */
class Room {
  constructor(seed) {
    this.random = randomFrom(seed);
    this.clock = new FakeClock();
    this.server = new FakeServer({ clock: this.clock });
    this.server.addRoom("r", ["me", "alice", "bob"]);
    this.timeline = new Timeline();
    this.answers = []; // of pages on their way: functions that let them arrive
    this.pages = []; // their merges
    for (let count = this.below(700); count > 0; count -= 1) this.server.post("r", "alice");
    this.server.take();
    this.timeline.newest = this.end;
  }

  /** The first message that the room still has. */
  get start() {
    return this.server.rooms.get("r").firstSeq;
  }

  get end() {
    return this.server.rooms.get("r").messages.length;
  }

  below(limit) {
    return Math.floor(this.random() * limit);
  }

  seq() {
    const { first, size } = this.timeline;
    const isNear = size > 0 && this.random() < 0.8; // most of what happens concerns what is shown
    return isNear ? Math.min(this.end, first + this.below(size + 20)) : 1 + this.below(this.end);
  }

  happen() {
    this.clock.sleep(1 + this.below(3));
    const { server } = this;
    if (this.below(15) === 0) return server.expire("r", Math.min(this.end + 1, this.start + this.below(80)));
    const kind = this.below(6);
    if (kind < 2 || this.end === 0) server.post("r", "bob");
    else if (kind === 2) server.edit("r", this.seq(), `edit ${this.random()}`);
    else if (kind === 3 && this.below(4) === 0) server.delete("r", this.seq());
    else server.react("r", this.seq(), EMOJI[this.below(2)], ["me", "bob"][this.below(2)], this.below(3) > 0);
  }

  hear(count) {
    for (const { event, data } of this.server.take(count)) {
      if (event === "new_message") this.timeline.insert(data);
      if (event === "message_edited") this.timeline.edit(data);
      if (event === "messages_expired") this.timeline.expire(data.first_seq);
      if (event === "message_deleted") this.timeline.delete(data.seq);
      if (event.startsWith("reaction_")) this.timeline.setReaction(data.seq, data.emoji, data.user_id, event === "reaction_added");
    }
  }

  /** Asks for a page; the server reads it now or just before it arrives. */
  ask(query, side) {
    const answer = () => this.server.page("r", { limit: 1 + this.below(120), ...query });
    const early = this.below(2) ? answer() : null;
    const fetch = () => new Promise((resolve) => this.answers.push(() => resolve(early ?? answer())));
    this.pages.push(this.timeline.mergeFetched(fetch, side));
  }

  move() {
    const { timeline } = this;
    const kind = this.below(6);
    if (kind === 0) timeline.isFollowing = this.below(2) === 0;
    else if (kind === 1 && this.below(5) === 0) timeline.clear();
    else if (kind <= 2 || !timeline.loaded) this.ask(this.below(2) ? { around: this.seq() } : { before: this.end + 1 }, "around");
    else if (kind <= 3) this.ask({ before: timeline.first }, "before");
    else this.ask({ after: timeline.last }, "after");
  }

  async arrive(index) {
    this.answers.splice(index, 1)[0]?.();
    await settle();
  }

  /** All that is on its way arrives. */
  async rest() {
    this.hear(Infinity);
    while (this.answers.length) await this.arrive(this.below(this.answers.length));
    await Promise.all(this.pages);
    this.hear(Infinity);
  }

  check() {
    const { timeline, server, start, end } = this;
    assert.ok(timeline.size <= WINDOW_MAX, `${timeline.size} messages`);
    const shown = [...timeline];
    assert.equal(shown.length, timeline.size, "no holes");
    for (const message of shown) assert.deepEqual(message, server.message("r", message.seq));
    assert.equal(timeline.newest, end);
    assert.equal(timeline.hasAfter, timeline.last < end);
    if (timeline.size > 0) assert.deepEqual([timeline.first >= start, timeline.hasBefore], [true, timeline.first > start]);
    if (timeline.loaded && start > end) assert.equal(timeline.isAtNewest, true);
  }
}

test("once all has arrived, the window shows a part of the room as it is", () =>
  withSeed(async (seed) => {
    let rows = 0;
    let merges = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const room = new Room(seed + round);
      for (let step = 0; step < STEPS; step += 1) {
        const kind = room.below(8);
        if (kind < 3) room.happen();
        else if (kind < 5) room.hear(1 + room.below(6));
        else if (kind < 6 && room.answers.length < 4) room.move();
        else if (room.answers.length) await room.arrive(room.below(room.answers.length));
        assert.ok(room.timeline.size <= WINDOW_MAX);
        if (step % 50 === 49) {
          await room.rest();
          room.check();
        }
      }
      rows += room.timeline.size;
      merges += (await Promise.all(room.pages)).filter(Boolean).length;
    }
    assert.ok(rows > 100 && merges > 100, `the test has shown something: ${rows} rows, ${merges} pages`);
  }));
