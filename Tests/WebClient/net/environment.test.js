// What net/ takes from where it runs: time, signals, UUIDs; and nothing else.

import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { createClient } from "../../../nginx/html/net/client.js";
import { pageSignals, uuid, workerEnvironment } from "../../../nginx/html/net/environment.js";
import { hostSession } from "../../../nginx/html/net/host-session.js";
import { fakeEnvironment } from "../support/environment.js";

test("a page wakes when the network is back, when it is shown and when it is seen again", () => {
  const page = Object.assign(new EventTarget(), { document: Object.assign(new EventTarget(), { visibilityState: "visible" }) });
  const signals = pageSignals(page);
  const log = [];
  for (const name of ["wake", "offline"]) signals.addEventListener(name, () => log.push(name));
  for (const name of ["offline", "online", "pageshow"]) page.dispatchEvent(new Event(name));
  for (const state of ["hidden", "visible"]) {
    page.document.visibilityState = state;
    page.document.dispatchEvent(new Event("visibilitychange"));
  }
  assert.deepEqual(log, ["offline", "wake", "wake", "wake"]);
});

test("in Node everything has a plain default, and what the caller gives counts before it", async () => {
  const environment = workerEnvironment({ random: () => 0.5 });
  assert.equal(environment.random(), 0.5);
  assert.ok(Math.abs(environment.now() - Date.now()) < 1_000);
  assert.equal(await environment.lock("x", async () => "done"), "done");
  assert.equal(await new Promise((resolve) => environment.setTimeout(() => resolve("ran"), 0)), "ran");
  assert.equal(environment.XMLHttpRequest, null);
  assert.ok(environment.signals instanceof EventTarget);
});

test("what waits longer than a timer can does not run at once", async () => {
  const { setTimeout, clearTimeout } = workerEnvironment();
  let hasRun = false;
  const timer = setTimeout(() => (hasRun = true), 40 * 24 * 3_600_000);
  await new Promise((resolve) => setTimeout(() => resolve(null), 20));
  clearTimeout(timer);
  assert.equal(hasRun, false);
});

test("outside of a page the site has to be named", () => {
  assert.throws(() => createClient({ resync: async () => null }), /name the site/);
});

test("without a WebSocket the connection says what to pass", async (t) => {
  const told = t.mock.method(console, "error", () => {});
  const environment = fakeEnvironment({ WebSocket: null });
  const session = hostSession({ token: () => "opaque" });
  const resync = async () => ({ cursor: 1, epoch: "e", userId: "u" });
  const { connection } = createClient({ site: "https://chat.example.org/", resync, environment, session });
  connection.start();
  await environment.clock.advance(0);
  assert.match(told.mock.calls[0].arguments[0].message, /environment\.WebSocket/);
  connection.stop();
});

test("UUIDs are of version 4 and differ, with and without the browser's help", () => {
  const sources = [webcrypto, { getRandomValues: (bytes) => webcrypto.getRandomValues(bytes) }, {}];
  for (const source of sources) {
    const made = new Set(Array.from({ length: 500 }, () => uuid(source)));
    assert.equal(made.size, 500);
    for (const each of made) assert.match(each, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
});

test("net/ names nothing of its surroundings but in environment.js", () => {
  const folder = new URL("../../../nginx/html/net/", import.meta.url);
  const names =
    /(?<![.\w#"])(?:window|document|navigator|localStorage|sessionStorage|indexedDB|self|globalThis|XMLHttpRequest|WebSocket|BroadcastChannel|CustomEvent|setTimeout|clearTimeout|setInterval|fetch|crypto|Date|Math\.random)\b/g;
  // Where they are met: the directory of the page, and the lock of plain http.
  const allowed = { "client.js": ["document"], "lease-lock.js": ["Date", "Math.random", "setTimeout"] };
  for (const name of readdirSync(folder).filter((each) => each.endsWith(".js") && each !== "environment.js")) {
    const code = readFileSync(new URL(name, folder), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*$|"[^"\n]*"/gm, "");
    const found = new Set(code.match(names));
    for (const each of allowed[name] ?? []) assert.ok(found.delete(each), `${name}: ${each}`);
    assert.deepEqual([...found], [], name);
  }
});
