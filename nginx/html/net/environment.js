// What net/ and state/ take from where they run: time, chance, the network, a lock and signals of the network.

import { crossTabLock } from "./cross-tab-lock.js";
import { uuid } from "./uuid.js";

/**
 * Members need no `this`. `signals` emits `wake` (the network is back, or the page is seen again: what waits may try now) and `offline`.
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
 * The environment of a page.
 * @returns {Environment}
 */
export function browserEnvironment() {
  return {
    ...workerEnvironment(),
    lock: crossTabLock({ locks: navigator.locks, storage: storageOf(window), page: window }),
    signals: pageSignals(window),
  };
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
  return {
    now: () => Date.now(),
    setTimeout: (run, delayMs) => setTimeout(run, delayMs),
    clearTimeout: (timer) => clearTimeout(timer),
    random: () => Math.random(),
    randomUUID: () => uuid(),
    fetch: (url, init) => fetch(url, init),
    WebSocket: scope.WebSocket ?? null,
    XMLHttpRequest: scope.XMLHttpRequest ?? null,
    lock: locks ? (name, work) => locks.request(name, work) : (_, work) => work(),
    signals: "onLine" in (scope.navigator ?? {}) && scope.addEventListener ? networkSignals(scope) : new EventTarget(),
    ...members,
  };
}

/**
 * @param {EventTarget} scope of a page or a worker
 */
export function networkSignals(scope) {
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
 * Null if the browser keeps nothing for the site: the property itself may throw.
 * @param {{localStorage: Storage}} page
 */
function storageOf(page) {
  try {
    return page.localStorage;
  } catch {
    return null;
  }
}
