// What net/ and state/ take from where they run: time, chance, the network, a lock and signals of the network.

const TIMER_MAX_MS = 2 ** 31 - 1; // browsers run what is to wait longer at once

/**
 * Members need no `this`. What is to run in more than 24 days runs then: what waits that long looks at the time again. `signals` emits `wake` (the network is back, or the page is seen again: what waits may try now) and `offline`.
 *
 * @typedef {object} Environment
 * @property {() => number} now milliseconds since the epoch
 * @property {(run: () => void, delayMs?: number) => any} setTimeout
 * @property {(timer: any) => void} clearTimeout
 * @property {() => number} random from 0 to 1
 * @property {() => string} randomUUID
 * @property {(url: URL|string, init?: RequestInit) => Promise<Response>} fetch
 * @property {typeof globalThis.WebSocket|null} WebSocket
 * @property {typeof globalThis.XMLHttpRequest|null} XMLHttpRequest null: uploads report no progress
 * @property {Lock} lock
 * @property {EventTarget} signals
 */

/**
 * Runs `work` while nobody else holds the lock `name`, and returns its result.
 * @typedef {<T>(name: string, work: () => Promise<T>) => Promise<T>} Lock
 */

/**
 * The environment of a page, with `members` of the caller.
 *
 * @param {Partial<Environment>} [members]
 * @returns {Environment}
 */
export function browserEnvironment(members = {}) {
  const { signals = pageSignals(window) } = members;
  return workerEnvironment({ ...(navigator.locks ? {} : { lock: leaseLock }), ...members, signals });
}

/**
 * The environment of a worker or of Node: with `members` of the caller, and plain defaults for the others.
 *
 * @param {Partial<Environment>} [members]
 * @returns {Environment}
 */
export function workerEnvironment(members = {}) {
  const scope = /** @type {any} */ (globalThis);
  const locks = scope.navigator?.locks;
  const hasNetwork = "onLine" in (scope.navigator ?? {}) && scope.addEventListener;
  return {
    now: () => Date.now(),
    setTimeout: (run, delayMs = 0) => setTimeout(run, Math.min(delayMs, TIMER_MAX_MS)),
    clearTimeout: (timer) => clearTimeout(timer),
    random: () => Math.random(),
    randomUUID: () => uuid(),
    fetch: (url, init) => fetch(url, init),
    WebSocket: scope.WebSocket ?? null,
    XMLHttpRequest: scope.XMLHttpRequest ?? null,
    lock: locks ? (name, work) => locks.request(name, work) : (_, work) => work(),
    ...members,
    signals: members.signals ?? (hasNetwork ? networkSignals(scope) : new EventTarget()), // it listens: one is enough
  };
}

/**
 * @param {EventTarget} scope of a page or a worker
 */
function networkSignals(scope) {
  const signals = new EventTarget();
  scope.addEventListener("online", () => signals.dispatchEvent(new Event("wake")));
  scope.addEventListener("offline", () => signals.dispatchEvent(new Event("offline")));
  return signals;
}

/**
 * @param {EventTarget & {document: Document}} page
 */
export function pageSignals(page) {
  const signals = networkSignals(page);
  const wake = () => signals.dispatchEvent(new Event("wake"));
  page.addEventListener("pageshow", wake);
  page.document.addEventListener("visibilitychange", () => {
    if (page.document.visibilityState === "visible") wake();
  });
  return signals;
}

/**
 * The lock of plain http, where there is no navigator.locks. Its code is loaded by those who need it.
 * @type {Lock}
 */
async function leaseLock(name, work) {
  const { leasing } = await import("./lease-lock.js").catch(() => ({ leasing: null }));
  return leasing ? leasing({ page: window })(name, work) : work();
}

/**
 * A version 4 UUID (RFC 9562). Where there is no `crypto` (Node 18) it is of Math.random: unique enough for a `client_id`, but no secret.
 *
 * @param {Partial<Crypto>} [source]
 * @returns {string}
 */
export function uuid(source = globalThis.crypto ?? {}) {
  if (source.randomUUID) return source.randomUUID();
  const bytes = new Uint8Array(16);
  if (source.getRandomValues) source.getRandomValues(bytes);
  else for (let at = 0; at < bytes.length; at += 1) bytes[at] = Math.random() * 256;
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
