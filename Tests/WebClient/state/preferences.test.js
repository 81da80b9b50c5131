// What the user has set on the server: read, changed here, and told by other devices.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Changes } from "../../../nginx/html/state/changes.js";
import { Preferences } from "../../../nginx/html/state/preferences.js";

function begin(answers = {}) {
  const changes = new Changes({ schedule: () => {} });
  const told = [];
  changes.watch("preferences", (deltas) => told.push(...deltas.map(({ name }) => name)));
  const api = { preferences: async () => ({ added_by: "anyone", email: "off" }), updatePreferences: async (values) => values, ...answers };
  const preferences = new Preferences({ api, changes });
  const heard = () => {
    changes.flush();
    return told.splice(0).sort();
  };
  return { heard, preferences };
}

test("only what has changed is told", async () => {
  const { heard, preferences } = begin();
  assert.equal(preferences.get("added_by"), undefined);
  await preferences.fetch();
  assert.deepEqual(heard(), ["added_by", "email"]);
  await preferences.set({ added_by: "contacts" });
  assert.equal(preferences.get("added_by"), "contacts");
  assert.equal(preferences.get("email"), "off");
  assert.deepEqual(heard(), ["added_by"]);
  preferences.load({ added_by: "contacts", email: "on" });
  assert.deepEqual(heard(), ["email"]);
});

test("what the server refuses or does not tell changes nothing", async () => {
  const refuse = async () => {
    throw new Error("no");
  };
  const { heard, preferences } = begin({ updatePreferences: refuse, preferences: refuse });
  preferences.load({ added_by: "anyone" });
  heard();
  await preferences.fetch();
  await assert.rejects(preferences.set({ added_by: "contacts" }));
  assert.equal(preferences.get("added_by"), "anyone");
  assert.deepEqual(heard(), []);
});
