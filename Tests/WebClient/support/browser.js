// A browser for the tests of what is stored: tabs that share a database, locks and channels, and that can be killed at any step.

import { openDatabase } from "../../../nginx/html/state/database.js";
import { MemoryDatabase } from "../../../nginx/html/state/memory-database.js";
import { FakeClock } from "./clock.js";
import { fakeLock } from "./environment.js";
import { Tab } from "./tab.js";

const ROUNDS_MAX = 3_000;

export const nextTask = () => new Promise((resolve) => globalThis.setImmediate(resolve));

/** Waits until `condition` holds, as long as anything can happen by itself. */
export async function until(condition, what = condition) {
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    if (await condition()) return;
    await nextTask();
  }
  throw new Error(`never came true: ${what}`);
}

/** Fails unless both are the same, as JSON. */
export function same(actual, expected, what = "") {
  const [one, other] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (one !== other) throw new Error(`${what}\n  is       ${one}\n  expected ${other}`);
}

/** Databases in memory by name, as the tabs of a browser share them. */
export function memoryDatabases() {
  const databases = new Map();
  return async (name) => {
    if (!databases.has(name)) databases.set(name, Object.assign(new MemoryDatabase(), { isDurable: true }));
    return databases.get(name);
  };
}

/** Real ones; each call is a connection of its own. */
export const realDatabases = () => (name) => openDatabase({ name });

export class FakeBrowser {
  static count = 0;
  clock = new FakeClock();
  locks = fakeLock();
  #channels = new Map();
  #databases = new Map(); // user → the one opened last
  #open;
  #name = `echochat-test-${(FakeBrowser.count += 1)}-${Date.now()}`;
  ids = 0;

  constructor(server, open = memoryDatabases()) {
    this.server = server;
    this.#open = open;
  }

  /** Opens a tab of a user, with what earlier ones have stored; it is offline. `killAt`: the step at which it ends. */
  async openTab(userId = "alice", { killAt = Infinity } = {}) {
    const database = await this.#open(`${this.#name}-${userId}`);
    this.#databases.set(userId, database);
    const tab = new Tab(this, userId, database);
    tab.killAt = killAt;
    tab.start();
    if (killAt === Infinity) await tab.restored;
    return tab;
  }

  /** Lets everything happen that happens without time passing: a chain of accesses to the databases as well. */
  async calm(rounds = 30) {
    const tables = ["unsent", "drafts", "uploads", "state", "messages"];
    for (let round = 0; round < rounds; round += 1) {
      for (const database of this.#databases.values()) await database.transact(tables, (tx) => tx.get("state", "none"));
      await nextTask();
    }
  }

  /** Lets time pass, `ms` by `ms`, until `condition` holds. */
  passes(ms, condition, what = condition) {
    const waited = async () => {
      await this.clock.advance(ms);
      return condition();
    };
    return until(waited, what);
  }

  channel(name, tab) {
    const ends = this.#channels.get(name) ?? new Set();
    this.#channels.set(name, ends);
    const end = new EventTarget();
    end.postMessage = (data) => {
      if (tab.isDead) return;
      for (const other of ends) if (other !== end && !other.tab.isDead) nextTask().then(() => tell(other, data));
    };
    end.tab = tab;
    ends.add(end);
    return end;
  }
}

function tell(end, data) {
  if (!end.tab.isDead) end.dispatchEvent(Object.assign(new Event("message"), { data: JSON.parse(JSON.stringify(data)) }));
}
