// Lets one tab at a time do a piece of work, because a refresh token sent twice ends the whole session.

const LEASE_MS = 20_000; // longer than a request may take, so that a live holder is never robbed
const LOOK_AGAIN_MS = 100;

export function oneTabAtATime(name, work) {
  return navigator.locks ? navigator.locks.request(name, work) : withLease(name, work);
}

// navigator.locks exists in secure contexts only; on plain http a note in localStorage, which lapses by itself, stands in.
async function withLease(name, work) {
  const mine = `${Math.random()}`;
  while (!(await take(name, mine))) await sleep(LOOK_AGAIN_MS);
  try {
    return await work();
  } finally {
    if (read(name)?.owner === mine) write(name, null);
  }
}

async function take(name, owner) {
  const held = read(name);
  if (held && held.until > Date.now() && held.owner !== owner) return false;
  if (!write(name, { owner, until: Date.now() + LEASE_MS })) return true; // no storage, so no other tab to meet there
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
