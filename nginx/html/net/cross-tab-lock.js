// Runs work in one browser tab at a time: tabs share one refresh cookie, and one that sends an older token than another can end the session.

const LEASE_MS = 20_000; // longer than a request may take, so that a lease never expires while its holder works
const POLL_MS = 100;

/** Runs `work` while this tab holds the lock `name`, and returns its result. Waits as long as another tab holds the lock. */
export function withCrossTabLock(name, work) {
  return navigator.locks ? navigator.locks.request(name, work) : withLease(name, work);
}

// navigator.locks exists in secure contexts only. On plain http, an expiring lease in localStorage replaces it.
async function withLease(name, work) {
  const owner = `${Math.random()}`;
  while (!(await acquire(name, owner))) await sleep(POLL_MS);
  try {
    return await work();
  } finally {
    if (read(name)?.owner === owner) write(name, null);
  }
}

async function acquire(name, owner) {
  const lease = read(name);
  if (lease && lease.until > Date.now() && lease.owner !== owner) return false;
  if (!write(name, { owner, until: Date.now() + LEASE_MS })) return true; // without storage there is no lease to wait for
  await sleep(30 + Math.random() * 40); // two tabs may write at once: the last writer holds the lease
  return read(name)?.owner === owner;
}

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null;
  }
}

function write(name, value) {
  try {
    if (value) localStorage.setItem(name, JSON.stringify(value));
    else localStorage.removeItem(name);
    return true;
  } catch {
    return false;
  }
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
