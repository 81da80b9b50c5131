// Runs the cases of the stored state on the IndexedDB of the browser that loads this file, and those that only IndexedDB has.

import { openDatabase } from "../../../nginx/html/state/database.js";
import { FakeBrowser, realDatabases, same, until } from "../support/browser.js";
import { FakeClock } from "../support/clock.js";
import { MessageServer } from "../support/message-server.js";
import { cacheCases } from "./cache-cases.js";
import { cacheFailureCases } from "./cache-failure-cases.js";
import { databaseCases } from "./database-cases.js";
import { draftsCases } from "./drafts-cases.js";
import { draftsElsewhereCases } from "./drafts-elsewhere-cases.js";
import { outboxCases } from "./outbox-cases.js";
import { outboxFailureCases } from "./outbox-failure-cases.js";
import { outboxStorageCases } from "./outbox-storage-cases.js";
import { randomCache } from "./random-cache.js";
import { uploadsCases } from "./uploads-cases.js";

globalThis.setImmediate ??= (run) => setTimeout(run, 0);

const TABLES = ["unsent", "drafts", "uploads", "state", "messages", "settings"];
const newName = () => `echochat-test-${Math.random()}`;

/** A connection that does not give way to an upgrade, as a page of another kind may hold it. */
function openRaw(name) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

const indexedDatabaseCases = {
  "an upgrade waits for no tab: older ones give way, and go on with the newer database": async () => {
    const name = newName();
    const [older, other] = [await openDatabase({ name }), await openDatabase({ name })];
    await older.put("unsent", "a", 1);
    const newer = await openDatabase({ name, version: 2, tables: [...TABLES, "more"] });
    same([older.isDurable, newer.isDurable], [true, true]);
    await newer.put("more", "b", 2);
    await older.put("unsent", "c", 3);
    same(
      (await other.list("unsent", "", [])).map(([key]) => key),
      ["a", "c"],
    );
    const oldCode = await openDatabase({ name });
    same([oldCode.isDurable, await oldCode.get("unsent", "c")], [true, 3], "a page of before the upgrade that is opened after it");
  },

  "a transaction that runs while another tab upgrades is stored": async () => {
    const name = newName();
    const older = await openDatabase({ name });
    const writes = Array.from({ length: 30 }, (_, i) => older.put("unsent", `k${i}`, i));
    const newer = openDatabase({ name, version: 2 });
    const more = Array.from({ length: 30 }, (_, i) => older.put("unsent", `l${i}`, i));
    await Promise.all([...writes, ...more]);
    same((await (await newer).list("unsent", "", [])).length, 60);
  },

  "an upgrade that is blocked ends in memory; nothing stays open that blocks others": async () => {
    const name = newName();
    (await openDatabase({ name })).close();
    const blocker = await openRaw(name);
    const clock = new FakeClock();
    const opening = openDatabase({ name, version: 2, tables: [...TABLES, "more"], environment: clock });
    await until(() => clock.waiting === 1);
    for (let round = 0; round < 20; round += 1) await new Promise((resolve) => setTimeout(resolve, 1));
    await clock.advance(5_000);
    const database = await opening;
    same([database.isDurable, database.failure.reason], [false, "blocked"]);
    await database.put("unsent", "a", 1);
    blocker.close();
    const next = await openDatabase({ name, version: 3, tables: [...TABLES, "more"] });
    same(next.isDurable, true);
  },

  "when storage is full, what the server has makes room for words": async () => {
    const database = await openDatabase({ name: newName() });
    await database.put("messages", ["room", 1], "a message");
    await database.put("drafts", "room", "words");
    const { put, clear } = IDBObjectStore.prototype;
    let isFull = true;
    IDBObjectStore.prototype.put = function (...values) {
      if (isFull) throw new DOMException("full", "QuotaExceededError");
      return put.apply(this, values);
    };
    IDBObjectStore.prototype.clear = function () {
      isFull = false;
      return clear.apply(this);
    };
    try {
      const failures = [];
      database.onFailure(({ reason }) => failures.push(reason));
      same(await database.put("messages", ["room", 2], "more").catch(({ reason }) => reason), "full");
      same(await database.get("messages", ["room", 1]), "a message", "a message makes no room for a message");
      await database.put("unsent", "a", "precious");
      same([await database.get("unsent", "a"), await database.get("drafts", "room")], ["precious", "words"]);
      same([await database.list("messages", [], [[]]), failures], [[], ["full"]]);
    } finally {
      Object.assign(IDBObjectStore.prototype, { put, clear });
    }
  },

  "after the site's data is deleted, what waits is stored again": async () => {
    const name = newName();
    const browser = new FakeBrowser(new MessageServer(), () => openDatabase({ name }));
    const tab = await browser.openTab();
    tab.database.real.onFailure((failure) => {
      for (const hear of tab.database.listeners) hear(failure);
    });
    await tab.send("kept");
    tab.drafts.set("garden", { content: "as well" });
    await tab.drafts.flush();
    await new Promise((resolve) => (indexedDB.deleteDatabase(name).onsuccess = resolve));
    await until(async () => (await tab.database.real.list("unsent", "", [])).length === 1, "the message is there again");
    await until(async () => (await tab.database.real.list("drafts", "", [])).length === 1, "the draft is there again");
  },

  "random events, pages and tabs, on the cache": async () => {
    const seed = Math.floor(Math.random() * 1e9);
    console.log(`SEED=${seed}`);
    for (let run = 0; run < 2; run += 1) await randomCache(realDatabases(), seed + run, { steps: 60 });
  },
};

const groups = {
  database: databaseCases,
  outbox: { ...outboxCases, ...outboxFailureCases, ...outboxStorageCases },
  drafts: { ...draftsCases, ...draftsElsewhereCases },
  uploads: uploadsCases,
  cache: { ...cacheCases, ...cacheFailureCases },
};

/** Runs a group of cases. @returns {Promise<string[]>} what failed, and the number of cases at the end */
export async function run(group) {
  const cases = groups[group] ?? indexedDatabaseCases;
  const failures = [];
  for (const [name, test] of Object.entries(cases)) {
    await test(realDatabases()).catch((error) => failures.push(`${name}: ${error.stack ?? error}`));
  }
  return [...failures, Object.keys(cases).length];
}
