// Which messages are pinned and saved is loaded once, and what is told meanwhile counts more.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FlagLoads } from "../../../nginx/html/state/flag-loads.js";
import { makeWorld } from "../support/world.js";

/** `pages`: what the server answers by the cursor, "" first. */
async function tea({ pins = {}, saved = { "": [] } } = {}) {
  const world = await makeWorld({ prepare: (server) => server.addRoom("tea", ["me", "alice"]) });
  const asked = [];
  const answer = (name, pages) => async (cursor) => {
    asked.push([name, cursor]);
    const items = pages[cursor ?? ""];
    if (!items) throw new Error("The server cannot be reached.");
    const cursors = Object.keys(pages);
    const next = cursors[cursors.indexOf(cursor ?? "") + 1] ?? null;
    return { items: items.map((seq) => ({ message: { room_id: "tea", seq } })), next_cursor: next };
  };
  const api = { pins: (_, cursor) => answer("pins", pins)(cursor), saved: answer("saved", saved) };
  const loads = new FlagLoads({ api, store: world.store });
  const has = (flag) => [1, 2, 3].filter((seq) => world.store.flags.has(flag, "tea", seq));
  return { ...world, loads, asked, has, api };
}

test("all pages are loaded once, until the state is loaded anew", async () => {
  const { loads, asked, has, server, store, log, changes } = await tea({ pins: { "": [1], b: [2] }, saved: { "": [3] } });
  const deltas = log("timeline:tea");
  await Promise.all([loads.load("tea"), loads.load("tea")]);
  assert.deepEqual([has("pinned"), has("saved")], [[1, 2], [3]]);
  assert.equal(asked.length, 3);
  changes.flush();
  assert.deepEqual(deltas.map(({ seq, what }) => `${seq} ${what}`).sort(), ["1 pinned", "2 pinned", "3 saved"]);
  store.load(server.sync());
  assert.deepEqual(has("pinned"), []);
  await loads.load("tea");
  assert.deepEqual([has("pinned"), asked.length], [[1, 2], 6]);
});

test("what is told while a page is on its way is not undone by it", async () => {
  const { loads, has, reducer } = await tea({ pins: { "": [1, 2] } });
  const loading = loads.load("tea");
  reducer.apply({ event: "message_unpinned", data: { room_id: "tea", seq: 1, user_id: "alice" } });
  reducer.apply({ event: "message_pinned", data: { room_id: "tea", seq: 3, user_id: "alice" } });
  await loading;
  assert.deepEqual(has("pinned"), [2, 3]);
});

test("what could not be loaded is loaded when the room is opened again", async () => {
  const pins = {};
  const { loads, has, asked } = await tea({ pins });
  await loads.load("tea");
  pins[""] = [2];
  await loads.load("tea");
  assert.deepEqual(has("pinned"), [2]);
  assert.deepEqual(
    asked.map(([name]) => name),
    ["saved", "pins", "pins"],
  );
});

test("the next visit knows them and asks for none", async () => {
  const { loads, has, asked, api, store } = await tea({ pins: { "": [1] }, saved: { "": [3] } });
  await loads.load("tea");
  store.restore(JSON.parse(JSON.stringify({ ...store.dump(), flags: undefined })));
  assert.deepEqual([has("pinned"), store.flags.whole.size], [[], 0], "of a visit before there were any");
  await loads.load("tea");
  store.restore(store.dump());
  await new FlagLoads({ api, store }).load("tea");
  assert.deepEqual([has("pinned"), has("saved"), asked.length], [[1], [3], 4]);
  store.removeRoom("tea");
  assert.deepEqual([...store.flags.whole], ["saved"]);
});
