// The service worker itself, with the files of the page: what it keeps for offline, and what it does about new versions.

import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { test } from "node:test";
import { runInNewContext } from "node:vm";

const SITE = "https://chat.example/team/";
const page = new URL("../../../nginx/html/", import.meta.url);
const TYPES = { html: "text/html", js: "text/javascript", css: "text/css", svg: "image/svg+xml", json: "application/json" };
// What no page needs offline: an embedder's modules, and emoji, which the page says that it has loaded.
const LATER = /^(?:net\/(?:host|token)-session\.js|embed\.js|styles\/embed\.css|palette\.css|emoji\/|docs\/|sw\.js)/;

const filesOfPage = (folder = "") =>
  readdirSync(new URL(folder, page)).flatMap((name) => {
    const path = folder + name;
    return statSync(new URL(path, page)).isDirectory() ? filesOfPage(`${path}/`) : [path];
  });

/** A worker that has been installed; `files` are what the server has changed: path → text, or null for none. */
async function install({ files = new Map(), addRoutes, earlier = [] } = {}) {
  const listeners = {};
  const stores = new Map(earlier.map((name) => [name, new Map()]));
  const held = new Set(); // versions that pages use
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
    navigator: { locks: { query: async () => ({ held: [...held].map((version) => ({ name: `echochat-shell-${version}` })) }) } },
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
  const start = () => runInNewContext(readFileSync(new URL("sw.js", page), "utf8"), { self, caches, fetch, Headers, Response, URL });
  start();
  const emit = async (type, event = {}) => {
    let done;
    listeners[type]({ ...event, waitUntil: (work) => (done = work), respondWith: (work) => (done = work) });
    return done;
  };
  const load = (path) => emit("fetch", { request: { method: "GET", url: SITE + path, mode: "no-cors" } });
  const visit = async (id, path = "") => {
    const response = await emit("fetch", { request: { method: "GET", url: SITE + path, mode: "navigate" } });
    open.add(id);
    return response?.text();
  };
  const paths = () => [...stores.get("echochat-files").keys()].map((url) => url.slice(SITE.length));
  const shells = () => [...new Set(paths().flatMap((path) => path.match(/^shell\/\d+/) ?? []))].sort();
  const kept = () => paths().flatMap((path) => (path ? (path.split(`${shells().at(-1)}/`)[1] ?? []) : "index.html"));
  const check = (...loaded) => emit("message", { data: { check: true, loaded: loaded.map((path) => SITE + path) } });
  await emit("install", { addRoutes });
  return { check, emit, files, held, kept, load, network, open, opened, shells, start, stores, told, visit };
}

test("with the first visit, all files of the page are there for the next one without a network", async () => {
  const { kept, load, network, visit } = await install();
  const missing = filesOfPage().filter((path) => /\.(js|css|svg|html)$/.test(path) && !LATER.test(path) && !kept().includes(path));
  assert.deepEqual(missing, []);
  network.isDown = true;
  assert.match(await visit("next"), /echo-app/);
  assert.match(await (await load("styles/settings.css")).text(), /\{/);
});

test("what a page has loaded beyond that is kept, too, and nothing of the server's answers or of other sites", async () => {
  const { emit, kept, load, network, shells } = await install();
  const before = kept().length;
  const loaded = [`${shells()[0]}/emoji/de.json`, "emoji/en.json", "api/v1/users/me", "docs/index.html", "no-such-file.js"];
  await emit("message", { data: { check: false, loaded: [...loaded.map((path) => SITE + path), "https://chat.example/other.js"] } });
  assert.deepEqual(kept().slice(before), ["emoji/de.json", "emoji/en.json"]);
  network.isDown = true;
  assert.match(await (await load(`${shells()[0]}/emoji/de.json`)).text(), /\{/);
});

test("a page names the files of its version, and what these name is of it, too", async () => {
  const { load, shells, visit } = await install();
  const [shell] = shells();
  const page = await visit("next");
  const names = [...page.matchAll(/(?:href|src)="([^"]+\.(?:js|css))"/g)].map(([, name]) => name);
  assert.ok(names.length > 100);
  assert.deepEqual(
    names.filter((name) => !name.startsWith(`${shell}/`)),
    [],
  );
  assert.match(page, /href="manifest.json"/, "the browser itself asks for it");
  const script = await load(`${shell}/app.js`);
  assert.equal(script.url, "", "so that its own address counts");
  assert.equal(script.headers.get("Content-Type"), "text/javascript");
});

test("a new version is there as a whole or not at all, and the page is told of it", async () => {
  const { check, files, kept, load, network, shells, start, told, visit } = await install();
  const [old] = shells();
  await check("emoji/de.json");
  assert.deepEqual([told.length, shells().length], [0, 1]);
  files.set("app.js", "// new");
  network.isDown = true;
  await assert.rejects(check());
  assert.deepEqual(shells(), [old]);
  assert.ok((await visit("offline")).includes(`${old}/app.js`));
  network.isDown = false;
  await check();
  assert.deepEqual(
    told.map(({ updated }) => updated),
    [true, true],
  );
  const [, latest] = shells();
  assert.ok((await visit("new")).includes(`"${latest}/app.js"`));
  assert.ok(kept().includes("emoji/de.json"));
  start(); // the worker has rested
  assert.equal(await (await load(`${latest}/app.js`)).text(), "// new");
  assert.equal(await (await load("app.js")).text(), "// new", "of the newest version for a page that was opened without one");
  assert.doesNotMatch(await (await load(`${old}/app.js`)).text(), /^\/\/ new/, "what an old page loads is of the old version, too");
});

test("a version goes when no page has it any more, and the one before the newest stays", async () => {
  const { check, emit, files, held, shells } = await install();
  const renew = async (text) => {
    files.set("app.js", text);
    await check();
    await emit("message", { data: { check: false } });
  };
  const [first] = shells();
  held.add(first.split("/")[1]);
  await renew("// 2");
  await renew("// the third");
  assert.equal(shells().length, 3);
  held.clear();
  await emit("message", { data: { check: false } });
  assert.equal(shells().length, 2);
  assert.ok(!shells().includes(first));
});

test("a version that does not fit into storage is not half there", async () => {
  const { check, files, shells, stores } = await install();
  const entries = stores.get("echochat-files");
  const set = entries.set.bind(entries);
  entries.set = (url, response) => {
    if (url.endsWith("/elements/visit.js")) throw new DOMException("full", "QuotaExceededError");
    return set(url, response);
  };
  const [old] = shells();
  files.set("app.js", "// new");
  await assert.rejects(check(), /full/);
  assert.deepEqual(shells(), [old]);
});

test("the browser takes the files by itself where it can, and only those that are surely kept", async () => {
  const routes = [];
  const { kept, shells } = await install({ addRoutes: async (all) => routes.push(...all) });
  assert.ok(routes.every(({ source, condition }) => source.cacheName === "echochat-files" && condition.requestMethod === "GET"));
  const patterns = routes.map(({ condition }) => condition.urlPattern.pathname).map((path) => new RegExp(`^${path.replace("*", ".*")}$`));
  const isTaken = (path) => patterns.some((pattern) => pattern.test(`/team/${path}`));
  for (const path of kept()) assert.ok(isTaken(path === "index.html" ? "" : `${shells()[0]}/${path}`) || path.endsWith(".json"), path);
  for (const path of ["api/v1/sync", "docs/", "sw.js", "app.js", "ws", `${shells()[0]}/emoji/de.json`]) assert.ok(!isTaken(path), path);
});

test("a browser that refuses the routes has a worker all the same", async () => {
  const { visit } = await install({ addRoutes: () => Promise.reject(new TypeError("no")) });
  assert.match(await visit("next"), /echo-app/);
});

test("the caches of earlier workers go, and their pages are told", async () => {
  const { emit, stores, told } = await install({ earlier: ["echochat-pages", "echochat-shell-000001", "of-another-application"] });
  await emit("activate");
  assert.deepEqual([...stores.keys()].sort(), ["echochat-files", "of-another-application"]);
  assert.equal(told.length, 1);
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
