// Whether somebody is in a room.

import assert from "node:assert/strict";
import { test } from "node:test";
import { memberOf } from "../../../nginx/html/elements/room-members.js";

test("a member is found behind others whose names begin alike", async () => {
  const names = ["ann", "anna", "annabel", "annette"];
  const asked = [];
  const api = {
    members: async (roomId, { q, cursor = 0 }) => {
      asked.push([roomId, q, cursor]);
      const user = { user_id: names[cursor].toUpperCase(), username: names[cursor] };
      return { items: [{ user, role: "moderator" }], next_cursor: cursor + 1 < names.length ? cursor + 1 : null };
    },
  };
  assert.equal((await memberOf(api, "lobby", { user_id: "ANNETTE", username: "ann" })).role, "moderator");
  assert.deepEqual(asked[3], ["lobby", "ann", 3]);
  assert.equal(await memberOf(api, "lobby", { user_id: "ANDREW", username: "an" }), undefined);
});

test("a list without an end is not followed for ever", async () => {
  let count = 0;
  const members = async () => ({ items: [], next_cursor: String((count += 1)) });
  assert.equal(await memberOf({ members }, "lobby", { user_id: "ANDREW", username: "an" }), undefined);
  assert.equal(count, 20);
});
