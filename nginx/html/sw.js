// The service worker: serves the files of the page from this device, at once and offline, in one version all together. What the server says
// (api/, ws) and the documentation are not its business.
//
// When the page asks for it, the worker compares each file with the server's; if one differs, it collects all anew, under addresses of their own:
// shell/VERSION/…, which no server has. index.html is kept last, and names the files of its version; what these name is relative, and so of the
// same version whenever it is loaded. So no page runs files of two versions, and none is stuck with an old one: it is told, and the next load
// has the new one. Where the browser can, it takes the files by itself (`addRoutes`): to ask the worker for each of 200 takes longer.

const FILES = "echochat-files"; // the cache: index.html, and the files of all versions that are in use
const EARLIER = /^echochat-(?:shell-|pages$)/; // caches of workers that kept each version in one of its own
const VERSION = "X-EchoChat-Version"; // a header of index.html, as it is kept
const START = new URL("./", self.registration.scope).href;
const SHELL = `${START}shell/`;
const LOCK = "echochat-shell-"; // held by the pages of a version
const PASSED = /^(?:api|docs|ws|health|healthz|readyz|sw\.js)(?:\/|$)/;
const isOfPage = (url) => url.startsWith(START) && !PASSED.test(url.slice(START.length));
const FILE_NAMES = /["'](\.{0,2}[\w./-]+\.(?:js|css|svg|json))["']/g; // of a script or of index.html
const VERSIONED_NAMES = /\b((?:href|src)=")(?=[\w./-]+\.(?:js|css)")/g; // of index.html
const AT_ONCE = 6;

self.addEventListener("install", (event) => {
  event.waitUntil(Promise.all([takeRoutes(event).catch(() => {}), update().then(() => self.skipWaiting())]));
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim().then(dropEarlier)));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  url.hash = "";
  if (request.method !== "GET" || !isOfPage(url.href)) return;
  const isPage = request.mode === "navigate";
  if (isPage && url.pathname !== new URL(START).pathname && !url.pathname.endsWith("/index.html")) return;
  event.respondWith(serve(request, isPage ? START : url.href));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openMessage(event.notification.data));
});

self.addEventListener("message", (event) => {
  const { check = false, loaded = [] } = event.data ?? {};
  event.waitUntil(add(loaded).then(async () => (check ? (await update()) && tell() : sweep())));
});

/** Goes to the message of a notification: in the tab that was used last, or in a new one. */
async function openMessage({ roomId, seq }) {
  const [page] = (await self.clients.matchAll({ type: "window", includeUncontrolled: true })).filter(({ url }) => isOfPage(url));
  if (!page) return self.clients.openWindow(`${START}#/room/${roomId}/${seq}`);
  page.postMessage({ open: { roomId, seq } });
  return page.focus();
}

/** The page, and the files of versions: all are kept, but the names of emoji. */
async function takeRoutes(event) {
  const paths = ["", "shell/*.js", "shell/*.css", "shell/*.svg"].map((path) => new URL(START).pathname + path);
  const condition = (pathname) => ({ urlPattern: { pathname, search: "" }, requestMethod: "GET" });
  await event.addRoutes?.(paths.map((path) => ({ condition: condition(path), source: { cacheName: FILES } })));
}

/** Storage may be broken: then there is the network. */
async function serve(request, url) {
  return (await find(url).catch(() => null)) ?? fetch(versionOf(url) ? plain(url) : request);
}

/** A file as it is kept; of the newest version for a page that was opened without one. */
async function find(url) {
  const files = await caches.open(FILES);
  const version = versionOf(url) ? null : await newest(files);
  return files.match(version ? addressOf(url, version) : url);
}

const addressOf = (url, version) => (url === START ? url : `${SHELL}${version}/${url.slice(START.length)}`);
const versionOf = (address) => (address.startsWith(SHELL) ? address.slice(SHELL.length).split("/", 1)[0] : null);
const plain = (address) => address.replace(`${SHELL}${versionOf(address)}/`, START);

/** The newest version; null before the first one is complete. */
const newest = async (files) => (await files.match(START))?.headers.get(VERSION) ?? null;

/** Drops versions that no page has any more. The one before the newest stays: a page may open with it now, or be put aside by the browser. */
async function sweep() {
  const files = await caches.open(FILES);
  const current = await newest(files);
  const { held = [] } = (await self.navigator.locks?.query()) ?? {};
  const keys = (await files.keys()).map(({ url }) => [versionOf(url), url]);
  const older = [...new Set(keys.map(([version]) => version))].filter((version) => version && version < current).sort();
  const over = older.slice(0, -1).filter((version) => !held.some(({ name }) => name === LOCK + version));
  for (const [version, url] of keys) if (over.includes(version)) await files.delete(url);
}

/** A page of those versions is told, since its next files are new. */
async function dropEarlier() {
  const names = (await caches.keys()).filter((name) => EARLIER.test(name));
  await Promise.all(names.map((name) => caches.delete(name)));
  if (names.length) await tell();
}

/** Adds what the page has loaded and the newest version lacks, such as the names of emoji. */
async function add(loaded) {
  const files = await caches.open(FILES);
  const version = await newest(files);
  for (const url of version ? loaded.map(plain).filter(isOfPage) : []) {
    const address = addressOf(url, version);
    const response = (await files.match(address)) ? null : await get(url).catch(() => null);
    if (response) await files.put(address, await kept(response));
  }
}

async function tell() {
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
  const files = await caches.open(FILES);
  const before = await newest(files);
  const known = (await files.keys()).map(({ url }) => url).filter((url) => url === START || versionOf(url) === before);
  const found = await crawl([...new Set([START, ...known.map(plain)])]);
  if (before && (await isSame(files, known, found))) return false;
  // By time, and in a form that sorts; a worker whose clock went back still comes after.
  const version = String(Math.max(Date.now(), Number(before ?? 0) + 1)).padStart(15, "0");
  try {
    for (const [url, response] of found) if (url !== START) await files.put(addressOf(url, version), await kept(response));
    await files.put(START, await kept(found.get(START), version));
  } catch (error) {
    for (const { url } of await files.keys()) if (versionOf(url) === version) await files.delete(url);
    throw error; // storage is full: the last version stays
  }
  return before !== null;
}

/** Without an address of its own: what a file names is relative to where it is asked for. index.html names the files of a version. */
async function kept(response, version = null) {
  const headers = new Headers(response.headers);
  headers.delete("Vary"); // what is kept is not encoded
  if (!version) return new Response(response.body, { headers });
  headers.set(VERSION, version);
  return new Response((await response.text()).replace(VERSIONED_NAMES, `$1shell/${version}/`), { headers });
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

async function isSame(files, known, found) {
  if (known.length !== found.size) return false;
  for (const address of known) {
    const response = found.get(plain(address));
    if (!response || signOf(await files.match(address)) !== signOf(response)) return false;
  }
  return true;
}

// The policy belongs to it: it is sent with the file, and kept with it.
function signOf({ headers }) {
  return ["ETag", "Last-Modified", "Content-Length", "Content-Security-Policy"].map((name) => headers.get(name)).join("\n");
}
