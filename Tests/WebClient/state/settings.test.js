// The settings of this device.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Settings } from "../../../nginx/html/state/settings.js";

class FakeStorage {
  items = new Map();
  getItem = (key) => this.items.get(key) ?? null;
  setItem = (key, value) => void this.items.set(key, value);
}

function opened(storage = new FakeStorage(), page = new EventTarget()) {
  const told = [];
  const settings = new Settings({ storage: () => storage, page, changes: { tell: (topic, { name }) => told.push([topic, name]) } });
  return { settings, storage, page, told };
}

test("a setting holds over visits, and is told once", () => {
  const { settings, storage, told } = opened();
  assert.equal(settings.get("theme"), "system");
  settings.set("theme", "dark");
  settings.set("theme", "dark");
  settings.set("sound", false);
  assert.deepEqual(told, [
    ["settings", "theme"],
    ["settings", "sound"],
  ]);
  const next = opened(storage).settings;
  assert.deepEqual([next.get("theme"), next.get("sound"), next.get("language"), next.get("density")], ["dark", false, "", "comfortable"]);
});

test("what is not a choice is refused, and counts as not set when it is stored", () => {
  const { settings, storage } = opened();
  assert.throws(() => settings.set("theme", "pink"), TypeError);
  assert.throws(() => settings.set("language", "x".repeat(201)), TypeError);
  assert.throws(() => settings.set("toString", true), TypeError);
  for (const stored of ['{"theme": "pink", "sound": "yes", "density": "compact", "later": 1}', "not JSON", "null", "[]"]) {
    storage.setItem("echochat-settings", stored);
    const read = opened(storage).settings;
    assert.deepEqual([read.get("theme"), read.get("sound")], ["system", true]);
    assert.equal(read.get("density"), stored.includes("compact") ? "compact" : "comfortable");
  }
});

test("what another tab sets holds here at once, and neither undoes the other's", () => {
  const { settings, storage, page, told } = opened();
  const other = opened(storage).settings;
  other.set("theme", "light");
  page.dispatchEvent(Object.assign(new Event("storage"), { key: "something else" }));
  assert.deepEqual(told, []);
  page.dispatchEvent(Object.assign(new Event("storage"), { key: "echochat-settings" }));
  assert.deepEqual([settings.get("theme"), told], ["light", [["settings", "theme"]]]);
  settings.set("density", "compact");
  assert.equal(opened(storage).settings.get("theme"), "light");
});

test("without localStorage, which may throw at a look, settings hold as long as the tab", () => {
  const forbidden = () => {
    throw new DOMException("forbidden", "SecurityError");
  };
  const settings = new Settings({ storage: forbidden, changes: { tell: () => {} } });
  settings.set("theme", "dark");
  assert.equal(settings.get("theme"), "dark");
  const none = new Settings({ storage: () => null, changes: { tell: () => {} } });
  none.set("accent", "teal");
  assert.equal(none.get("accent"), "teal");
});
