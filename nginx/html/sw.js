// The service worker: serves the files of the page from this device, at once and offline, in one version all together. What the server says
// (api/, ws) and the documentation are not its business.
//
// A shell is a cache with all files of one version. When the page asks for it, the worker compares each file with the server's; if one differs, it
// collects all files anew into another shell, and only a complete one takes the place of the last. A page has the files that it loads later, too,
// from the shell that it was opened with. So no page runs files of two versions, and none is stuck with an old one: it is told, and the next load
// has the new one.

const PREFIX = "echochat-shell-";
const PAGES = "echochat-pages"; // a cache: with which shell each page was opened
const COMPLETE = new URL("complete", self.registration.scope).href; // an entry of each complete shell
const START = new URL("./", self.registration.scope).href;
const PASSED = /^(?:api|docs|ws|health|healthz|readyz|sw\.js)(?:\/|$)/;
const isOfPage = (url) => url.startsWith(START) && !PASSED.test(url.slice(START.length));
const FILE_NAMES = /["'](\.{0,2}[\w./-]+\.(?:js|css|svg|json))["']/g; // of a script or of index.html
const AT_ONCE = 6;

self.addEventListener("install", (event) => event.waitUntil(update().then(() => self.skipWaiting())));

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  url.hash = "";
  if (request.method !== "GET" || !isOfPage(url.href)) return;
  const isStart = request.mode === "navigate";
  if (isStart && url.pathname !== new URL(START).pathname && !url.pathname.endsWith("/index.html")) return;
  event.respondWith(isStart ? open(event) : serve(event, url.href));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openMessage(event.notification.data));
});

self.addEventListener("message", (event) => {
  const { check = false, loaded = [] } = event.data ?? {};
  event.waitUntil(add(loaded).then(() => check && tellOfUpdate()));
});

/** Goes to the message of a notification: in the tab that was used last, or in a new one. */
async function openMessage({ roomId, seq }) {
  const [page] = (await self.clients.matchAll({ type: "window", includeUncontrolled: true })).filter(({ url }) => isOfPage(url));
  if (!page) return self.clients.openWindow(`${START}#/room/${roomId}/${seq}`);
  page.postMessage({ open: { roomId, seq } });
  return page.focus();
}

/** The newest complete shell; null before the first one is. */
async function newest() {
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX)).sort();
  for (const name of names.reverse()) {
    const shell = await caches.open(name);
    if (await shell.match(COMPLETE)) return { name, shell };
  }
  return null;
}

/** Storage may be broken, here and below: then there is the network. */
async function open({ request, resultingClientId: page }) {
  const found = await newest().catch(() => null);
  if (found) remember(page, found.name).catch(() => {});
  const kept = await found?.shell.match(START, { ignoreVary: true });
  return kept ?? fetch(request);
}

async function serve({ request, clientId: page }, url) {
  const found = await shellOf(page).catch(() => null);
  const kept = await found?.match(url, { ignoreVary: true });
  return kept ?? fetch(request);
}

/** @type {Map<string, Promise<Cache>>} page → its shell, found once and not for each of 200 files; lost when the worker rests */
const shells = new Map();
const entryOf = (page) => new URL(`page/${page}`, START).href;

/** The shell of a page; the newest for one that was opened without. */
async function shellOf(page) {
  const known = await shells.get(page)?.catch(() => shells.delete(page) && null);
  if (known) return known;
  const name = await (await (await caches.open(PAGES)).match(entryOf(page)))?.text();
  if (!name || !(await caches.has(name))) return (await newest())?.shell;
  shells.set(page, caches.open(name));
  return shells.get(page);
}

/** Notes the shell of a page that is opened, and drops those older ones that no page has any more. */
async function remember(page, name) {
  shells.set(page, caches.open(name));
  const pages = await caches.open(PAGES);
  await pages.put(entryOf(page), new Response(name));
  const alive = new Set([page, ...(await self.clients.matchAll({ type: "window" })).map(({ id }) => id)].map(entryOf));
  const used = new Set();
  for (const entry of await pages.keys()) {
    if (alive.has(entry.url)) used.add(await (await pages.match(entry.url)).text());
    else await pages.delete(entry.url);
  }
  for (const old of await caches.keys()) if (old.startsWith(PREFIX) && old < name && !used.has(old)) await caches.delete(old);
}

// ---- versions ----

/** Adds what the page has loaded and the shell lacks, such as a language. */
async function add(loaded) {
  const found = await newest();
  for (const url of found ? loaded.filter(isOfPage) : []) {
    if (await found.shell.match(url)) continue;
    const response = await get(url).catch(() => null);
    if (response) await found.shell.put(url, response);
  }
}

async function tellOfUpdate() {
  if (!(await update())) return;
  for (const client of await self.clients.matchAll({ type: "window" })) client.postMessage({ updated: true });
}

/** @type {Promise<boolean> | null} */
let updating = null;

/** True if there is a new version now. */
function update() {
  updating ??= collect().finally(() => (updating = null));
  return updating;
}

async function collect() {
  const before = await newest();
  const known = before ? (await before.shell.keys()).map(({ url }) => url).filter((url) => url !== COMPLETE) : [];
  const files = await crawl([START, ...known]);
  if (before && (await isSame(before.shell, files))) return false;
  // By time, and in a form that sorts; a worker whose clock went back still comes after.
  const number = Math.max(Date.now(), Number(before?.name.slice(PREFIX.length) ?? 0) + 1);
  const name = PREFIX + String(number).padStart(15, "0");
  const shell = await caches.open(name);
  try {
    for (const [url, response] of files) await shell.put(url, response);
    await shell.put(COMPLETE, new Response(""));
  } catch (error) {
    await caches.delete(name); // storage is full: the last version stays
    throw error;
  }
  return before !== null;
}

/** The files of the page as the server has them, by URL: those, and all that they name. One that is not there any more is left out. */
async function crawl(urls) {
  const files = new Map();
  const waiting = [...urls];
  const seen = new Set(urls);
  const work = async () => {
    for (let url = waiting.shift(); url; url = waiting.shift()) {
      const response = await get(url);
      if (!response) continue;
      files.set(url, response);
      for (const named of await namedIn(url, response.clone())) {
        if (seen.has(named)) continue;
        seen.add(named);
        waiting.push(named);
      }
    }
  };
  while (waiting.length) await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (!files.has(START)) throw new Error("The page is not there.");
  return files;
}

async function namedIn(url, response) {
  if (!/javascript|text\/html/.test(response.headers.get("Content-Type") ?? "")) return [];
  const isPage = url === START;
  const names = [...(await response.text()).matchAll(FILE_NAMES)].map(([, name]) => name).filter((name) => isPage || name.startsWith("."));
  return names.map((name) => new URL(name, url).href).filter(isOfPage);
}

/** A file as the server has it, asked with its ETag; null if there is none. Rejects without a network. */
async function get(url) {
  const response = await fetch(url, { cache: "no-cache" });
  if (response.status === 404) return null;
  if (!response.ok || response.redirected) throw new Error(`${url}: ${response.status}`);
  return response;
}

async function isSame(shell, files) {
  const kept = (await shell.keys()).length - 1; // without the mark
  if (kept !== files.size) return false;
  for (const [url, response] of files) {
    const before = await shell.match(url, { ignoreVary: true });
    if (!before || signOf(before) !== signOf(response)) return false;
  }
  return true;
}

// The policy belongs to it: it is sent with the file, and kept with it.
function signOf({ headers }) {
  return ["ETag", "Last-Modified", "Content-Length", "Content-Security-Policy"].map((name) => headers.get(name)).join("\n");
}
