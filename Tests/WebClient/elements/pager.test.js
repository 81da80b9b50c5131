// Lists that are loaded page by page.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Pager } from "../../../nginx/html/elements/pager.js";
import { Random } from "../support/random.js";
import { withSeed } from "../support/world.js";

/** A list of a server: pages of `size`; each request waits until it is answered, or fails. */
class FakeList {
  requests = [];

  constructor(items, size = 2) {
    this.items = items;
    this.size = size;
  }

  load = (cursor, signal) =>
    new Promise((resolve, reject) => {
      const answer = () => {
        const from = cursor === null ? 0 : Number(cursor);
        const to = from + this.size;
        resolve({ items: this.items.slice(from, to), next_cursor: to < this.items.length ? String(to) : null });
      };
      this.requests.push({ cursor, signal, answer, fail: (problem) => reject(problem) });
    });

  async next(what = "answer", problem = new Error("no")) {
    this.requests.shift()[what](problem);
    await calm();
  }
}

const calm = () => new Promise((resolve) => setImmediate(resolve));

function pagerOf(list) {
  const states = [];
  const pager = new Pager({ key: (item) => item, onChange: () => states.push([pager.items.length, pager.isLoading]) });
  if (list) pager.start(list.load);
  return { pager, states };
}

test("pages come one after the other, and the last one says so", async () => {
  const list = new FakeList(["a", "b", "c"]);
  const { pager, states } = pagerOf(list);
  assert.deepEqual([pager.isLoading, pager.hasMore], [true, false]);
  await list.next();
  assert.deepEqual([pager.items, pager.hasMore, pager.isLoading], [["a", "b"], true, false]);
  pager.more();
  pager.more(); // pressed twice
  assert.equal(list.requests.length, 1);
  await list.next();
  assert.deepEqual([pager.items, pager.hasMore], [["a", "b", "c"], false]);
  assert.deepEqual(states.at(-1), [3, false]);
});

test("an item that has moved to the next page meanwhile is there once", async () => {
  const list = new FakeList(["a", "b", "c"]);
  const { pager } = pagerOf(list);
  await list.next();
  list.items = ["new", "a", "b", "c"];
  pager.more();
  await list.next();
  assert.deepEqual(pager.items, ["a", "b", "c"]);
});

test("an answer to an earlier question is discarded, and so is its failure", async () => {
  const [first, second] = [new FakeList(["old"]), new FakeList(["new"])];
  const { pager } = pagerOf(first);
  pager.start(second.load);
  assert.ok(first.requests[0].signal.aborted);
  await second.next();
  await first.next();
  assert.deepEqual([pager.items, pager.isLoading], [["new"], false]);
  pager.start(first.load, { keep: true });
  pager.start(second.load);
  await first.next("fail");
  assert.equal(pager.error, null);
});

test("empty pages are passed over until something is found", async () => {
  const list = new FakeList(["a"]);
  const pages = [
    { items: [], next_cursor: "1" },
    { items: [], next_cursor: "2" },
    { items: ["a"], next_cursor: "3" },
  ];
  const { pager } = pagerOf();
  pager.start(async () => pages.shift());
  await calm();
  assert.deepEqual([pager.items, pager.hasMore, pages.length], [["a"], true, 0]);
  assert.equal(list.requests.length, 0);
});

test("a list of empty pages is not followed without end", async () => {
  const { pager } = pagerOf();
  await pager.start(async () => ({ items: [], next_cursor: "again" }));
  assert.deepEqual([pager.error.code, pager.isLoading, pager.items], ["internal_error", false, []]);
  let calls = 0;
  await pager.start(async () => ({ items: [], next_cursor: String((calls += 1)) }));
  assert.deepEqual([pager.error, pager.isLoading, pager.hasMore, calls], [null, false, true, 200]);
  await pager.more(); // goes on where it stopped
  assert.deepEqual([pager.error, pager.hasMore, calls], [null, true, 400]);
});

test("what is shown stays until the next search has found something, and goes when that fails", async () => {
  const list = new FakeList(["a"]);
  const { pager } = pagerOf(list);
  await list.next();
  pager.start(list.load, { keep: true });
  assert.deepEqual(pager.items, ["a"]);
  await list.next("fail");
  assert.deepEqual([pager.items, pager.error.message, pager.hasStarted], [[], "no", false]);
});

test("what is gone leaves the list, and a page that still has it brings it back no more", async () => {
  const list = new FakeList(["a", "b", "c", "d"]);
  const gone = new Set();
  const states = [];
  const pager = new Pager({ key: (item) => item, isGone: (item) => gone.has(item), onChange: () => states.push(pager.items.length) });
  pager.start(list.load);
  await list.next();
  pager.prune();
  assert.deepEqual(states.splice(0), [0, 2], "nothing is told where nothing has changed");
  gone.add("a").add("c");
  pager.prune();
  assert.deepEqual([pager.items, states.splice(0)], [["b"], [1]]);
  pager.more();
  await list.next();
  assert.deepEqual([pager.items, pager.hasMore], [["b", "d"], false]);
});

test("loading again keeps the length, and a failure keeps the list", async () => {
  const list = new FakeList(["a", "b", "c", "d", "e"]);
  const { pager } = pagerOf(list);
  await list.next();
  pager.more();
  await list.next();
  list.items = ["z", "a", "b", "c", "d", "e"];
  pager.reload();
  await list.next();
  assert.deepEqual(pager.items, ["a", "b", "c", "d"], "not before all is there");
  await list.next();
  assert.deepEqual([pager.items, pager.hasMore], [["z", "a", "b", "c"], true]);
  pager.reload();
  await list.next("fail");
  assert.deepEqual([pager.items.length, pager.error.message, pager.hasMore], [4, "no", true]);
});

test("a list that was stopped is empty, and nothing arrives any more", async () => {
  const list = new FakeList(["a"]);
  const { pager } = pagerOf(list);
  pager.stop();
  await list.next();
  assert.deepEqual([pager.items, pager.isLoading, pager.hasStarted], [[], false, false]);
  await pager.reload();
  assert.equal(list.requests.length, 0);
});

test("whatever is asked in whatever order, the list is that of the last question", () =>
  withSeed(async (seed) => {
    const random = new Random(seed);
    for (let round = 0; round < 60; round += 1) {
      const lists = [0, 1, 2].map(
        (at) =>
          new FakeList(
            Array.from({ length: random.below(10) }, (_, n) => `${at}-${n}`),
            random.below(4) + 1,
          ),
      );
      let wanted = lists[0];
      const { pager } = pagerOf(wanted);
      for (let step = 0; step < 30; step += 1) {
        const what = random.below(6);
        if (what === 0) pager.start((wanted = random.pick(lists)).load, { keep: random.below(2) === 1 });
        if (what === 1) pager.more();
        if (what === 2) pager.reload();
        const waiting = lists.filter(({ requests }) => requests.length);
        if (what > 2 && waiting.length) await random.pick(waiting).next(random.below(5) ? "answer" : "fail");
      }
      while (lists.some(({ requests }) => requests.length)) for (const list of lists) if (list.requests.length) await list.next();
      if (pager.error && !pager.hasStarted) pager.reload();
      while (wanted.requests.length) await wanted.next();
      assert.deepEqual(pager.items, wanted.items.slice(0, pager.items.length));
      assert.equal(pager.hasMore, pager.items.length < wanted.items.length);
      assert.equal(pager.isLoading, false);
    }
  }));
