// Runs work in one browser tab at a time, where there is no navigator.locks: on plain http. Tabs share one refresh cookie, and one that sends an
// older token than another can end the session.

/** @typedef {import("./environment.js").Lock} Lock */
/** @typedef {{owner: string, until: number}} Lease */
/** @typedef {{now: () => number, random: () => number, wait: (ms: number) => Promise<void>}} Time */

const LEASE_MS = 5_000; // how long others wait for a tab that crashed
const RENEW_EVERY_MS = 1_000;
// A hidden tab may get no timer for a minute: work that goes on for long, such as that of the tab that sends for all, must survive that.
const LONG_AFTER_MS = 10_000;
const LONG_LEASE_MS = 70_000;
const POLL_MS = 100;

/**
 * A lock over the tabs of plain http: a lease in localStorage that is renewed while the work goes on, and given back when the page goes, so that
 * a reload need not wait for it. Without storage nobody waits.
 *
 * @param {{page: EventTarget & {localStorage: Storage}, time?: Time}} options
 * @returns {Lock}
 */
export function leasing({ page, time = realTime }) {
  return (name, work) => {
    const storage = storageOf(page);
    return storage ? withLease(new LeaseBox(storage, name, time), page, time, work) : work();
  };
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

/**
 * @template T
 * @param {LeaseBox} box
 * @param {EventTarget} page
 * @param {Time} time
 * @param {() => Promise<T>} work
 */
async function withLease(box, page, time, work) {
  while (!(await box.acquire())) await time.wait(POLL_MS);
  const release = () => box.release();
  page.addEventListener("pagehide", release);
  let isWorking = true;
  const renew = async () => {
    for (;;) {
      await time.wait(RENEW_EVERY_MS);
      if (!isWorking) return;
      box.renew();
    }
  };
  renew();
  try {
    return await work();
  } finally {
    isWorking = false;
    page.removeEventListener("pagehide", release);
    box.release();
  }
}

/** One tab's hold on a lease: an item of the storage that names its owner and its end. */
class LeaseBox {
  #storage;
  #name;
  #time;
  #owner;
  #since = 0;

  /**
   * @param {Storage} storage
   * @param {string} name
   * @param {Time} time
   */
  constructor(storage, name, time) {
    this.#storage = storage;
    this.#name = name;
    this.#time = time;
    this.#owner = `${time.random()}`;
  }

  async acquire() {
    const lease = this.#read();
    if (lease && lease.until > this.#time.now() && lease.owner !== this.#owner) return false;
    this.#since = this.#time.now();
    if (!this.#write(LEASE_MS)) return true; // the storage is full or forbidden: nobody can wait
    await this.#time.wait(30 + this.#time.random() * 40); // two tabs may write at once: the last writer holds the lease
    return this.#read()?.owner === this.#owner;
  }

  /** A page that comes back from the back-forward cache has given its lease back, and takes it again if it is free. */
  renew() {
    const lease = this.#read();
    if (lease && lease.owner !== this.#owner) return;
    this.#write(this.#time.now() - this.#since > LONG_AFTER_MS ? LONG_LEASE_MS : LEASE_MS);
  }

  release() {
    if (this.#read()?.owner === this.#owner) this.#attempt(() => this.#storage.removeItem(this.#name));
  }

  /** @returns {Lease|null} */
  #read() {
    return this.#attempt(() => JSON.parse(this.#storage.getItem(this.#name) ?? "null")) || null;
  }

  /** @param {number} forMs */
  #write(forMs) {
    const lease = JSON.stringify({ owner: this.#owner, until: this.#time.now() + forMs });
    return this.#attempt(() => this.#storage.setItem(this.#name, lease)) !== false;
  }

  /** @param {() => any} action */
  #attempt(action) {
    try {
      return action();
    } catch {
      return false;
    }
  }
}

/** @type {Time} */
const realTime = {
  now: () => Date.now(),
  random: () => Math.random(),
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};
