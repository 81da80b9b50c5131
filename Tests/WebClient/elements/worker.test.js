// The service worker itself, with the files of the page: what it keeps for offline, and what it does about new versions.

import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import { settle } from "../support/clock.js";

const SITE = "https://chat.example/team/";
const page = new URL("../../../nginx/html/", import.meta.url);
const TYPES = { html: "text/html", js: "text/javascript", css: "text/css", svg: "image/svg+xml", json: "application/json" };
// What no page needs offline: an embedder's modules, and languages, emoji and icons, which the page says that it has loaded.
const LATER = /^(?:net\/(?:host|token)-session\.js|embed\.js|styles\/embed\.css|palette\.css|emoji\/|texts\/|docs\/|sw\.js)/;

const filesOfPage = (folder = "") =>
  readdirSync(new URL(folder, page)).flatMap((name) => {
    const path = folder + name;
    return statSync(new URL(path, page)).isDirectory() ? filesOfPage(`${path}/`) : [path];
  });

/** A worker that has been installed; `files` are what the server has changed: path → text, or null for none. */
async function install({ files = new Map() } = {}) {
  const listeners = {};
  const stores = new Map();
  const told = [];
  const network = { requests: [], isDown: false };
  const opened = []; // windows, and those that were brought to the front
  const client = (id) => ({
    ...{ id, url: SITE + (id.includes("docs") ? "docs/" : "#/"), focus: async () => void opened.push(id) },
    postMessage: (data) => told.push(data),
  });
  const keyOf = (request) => request.url ?? request;
  const open = new Set(["first"]); // pages
  const openCache = async (name) => {
    const entries = stores.get(name) ?? new Map();
    stores.set(name, entries);
    return {
      match: async (url) => entries.get(keyOf(url))?.clone(),
      put: async (url, response) => void entries.set(keyOf(url), response.clone()),
      keys: async () => [...entries.keys()].map((url) => ({ url })),
      delete: async (url) => entries.delete(url),
    };
  };
  const fetch = async (request) => {
    if (network.isDown) throw new TypeError("offline");
    const path = keyOf(request).slice(SITE.length) || "index.html";
    network.requests.push(path);
    let text = files.get(path);
    try {
      if (text === undefined) text = readFileSync(new URL(path, page), "utf8");
    } catch {
      text = null;
    }
    if (text === null) return new Response("", { status: 404 });
    return new Response(text, { headers: { "Content-Type": TYPES[path.split(".").pop()], "Content-Length": String(text.length) } });
  };
  const self = {
    registration: { scope: SITE },
    addEventListener: (type, listener) => (listeners[type] = listener),
    skipWaiting: async () => {},
    clients: {
      claim: async () => {},
      matchAll: async () => [...open].map((id) => client(id)),
      openWindow: async (url) => void opened.push(url),
    },
  };
  const caches = {
    open: openCache,
    has: async (name) => stores.has(name),
    keys: async () => [...stores.keys()],
    delete: async (name) => stores.delete(name),
  };
  const start = () => runInNewContext(readFileSync(new URL("sw.js", page), "utf8"), { self, caches, fetch, Response, URL });
  start();
  const emit = async (type, event = {}) => {
    let done;
    listeners[type]({ ...event, waitUntil: (work) => (done = work), respondWith: (work) => (done = work) });
    return done;
  };
  const load = (path, clientId = "first") => emit("fetch", { request: { method: "GET", url: SITE + path, mode: "no-cors" }, clientId });
  const visit = async (id, path = "") => {
    const response = await emit("fetch", { request: { method: "GET", url: SITE + path, mode: "navigate" }, resultingClientId: id });
    await settle();
    open.add(id);
    return response;
  };
  const shells = () => [...stores.keys()].filter((name) => name.startsWith("echochat-shell-")).sort();
  const kept = () => [...stores.get(shells().at(-1)).keys()].map((url) => url.slice(SITE.length) || "index.html");
  await emit("install");
  return { emit, files, kept, load, network, open, opened, shells, start, told, visit };
}

test("with the first visit, all files of the page are there for the next one without a network", async () => {
  const { kept, load, network, visit } = await install();
  const missing = filesOfPage().filter((path) => /\.(js|css|svg|html)$/.test(path) && !LATER.test(path) && !kept().includes(path));
  assert.deepEqual(missing, []);
  network.isDown = true;
  assert.match(await (await visit("next")).text(), /echo-app/);
  assert.match(await (await load("styles/settings.css")).text(), /\{/);
});

test("what a page has loaded beyond that is kept, too, and nothing of the server's answers or of other sites", async () => {
  const { emit, kept } = await install();
  const before = kept().length;
  const loaded = ["texts/de.js", "emoji/de.json", "api/v1/users/me", "docs/index.html", "no-such-file.js"].map((path) => SITE + path);
  await emit("message", { data: { check: false, loaded: [...loaded, "https://chat.example/other.js"] } });
  assert.deepEqual(kept().slice(before), ["texts/de.js", "emoji/de.json"]);
});

test("a new version is there as a whole or not at all, and the page is told of it", async () => {
  const { emit, files, kept, load, network, open, shells, start, told, visit } = await install();
  await visit("old");
  await emit("message", { data: { check: true, loaded: [`${SITE}texts/de.js`] } });
  assert.deepEqual([told.length, shells().length], [0, 1]);
  files.set("app.js", "// new");
  network.isDown = true;
  await assert.rejects(emit("message", { data: { check: true, loaded: [] } }));
  assert.equal(shells().length, 1);
  assert.doesNotMatch(await (await load("app.js")).text(), /^\/\/ new/);
  network.isDown = false;
  await emit("message", { data: { check: true, loaded: [] } });
  assert.deepEqual(
    told.map(({ updated }) => updated),
    [true, true],
  );
  await visit("new");
  assert.ok(kept().includes("texts/de.js"));
  start(); // the worker has rested
  assert.equal(await (await load("app.js", "new")).text(), "// new");
  assert.doesNotMatch(await (await load("app.js", "old")).text(), /^\/\/ new/, "what it has loaded is of the old version, too");
  assert.equal(shells().length, 2);
  open.delete("old");
  await visit("newer");
  assert.equal(shells().length, 1, "the old version goes when no page has it any more");
});

test("what the server says, and its documentation, are none of its business", async () => {
  const { load, visit } = await install();
  for (const path of ["api/v1", "docs/", "ws", "healthz", "sw.js"]) assert.equal(await load(path), undefined);
  assert.equal(await visit("other", "some/page"), undefined);
});

test("a notification leads to its message in a tab of the page, or in a new one", async () => {
  const { emit, open, opened, told } = await install();
  const click = async () => {
    let isClosed = false;
    await emit("notificationclick", { notification: { data: { roomId: "lobby", seq: 5 }, close: () => (isClosed = true) } });
    assert.ok(isClosed);
  };
  await click();
  assert.deepEqual(opened, ["first"]);
  assert.deepEqual(JSON.parse(JSON.stringify(told)), [{ open: { roomId: "lobby", seq: 5 } }]);
  open.clear();
  open.add("docs"); // a page of the site, but none of the chat
  await click();
  assert.deepEqual([opened.at(-1), told.length], [`${SITE}#/room/lobby/5`, 1]);
});
