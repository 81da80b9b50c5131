// The database in memory, and what stands for a database that does not open.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DatabaseFailure, MemoryDatabase, openDatabase } from "../../../nginx/html/state/database.js";
import { memoryDatabases } from "../support/browser.js";
import { FakeClock } from "../support/clock.js";
import { databaseCases } from "./database-cases.js";

for (const [name, run] of Object.entries(databaseCases)) test(name, () => run(memoryDatabases()));

test("a table that a transaction did not name is out of its reach, as in IndexedDB", async () => {
  const database = new MemoryDatabase();
  await assert.rejects(
    database.transact(["state"], (tx) => tx.get("unsent", "a")),
    /not part of the transaction/,
  );
});

test("without IndexedDB, records are in memory, and the page can tell", async () => {
  const database = await openDatabase({ name: "x", indexedDB: null });
  await database.put("unsent", "a", 1);
  assert.equal(await database.get("unsent", "a"), 1);
  assert.equal(database.isDurable, false);
  assert.equal(database.failure.reason, "unavailable");
});

/** An IndexedDB whose `open` does what `answer` makes of the request. */
const factory = (answer) => ({
  open: () => {
    const request = { error: null, result: null };
    queueMicrotask(() => answer(request));
    return request;
  },
});

test("a database that cannot be opened, as in some private windows, is replaced by one in memory", async () => {
  const indexedDB = factory((request) => {
    request.error = new DOMException("no", "InvalidStateError");
    request.onerror();
  });
  const database = await openDatabase({ name: "x", indexedDB });
  assert.ok(database instanceof MemoryDatabase && database.failure instanceof DatabaseFailure);
});

test("a database that an older page blocks is not waited for without end, and closed if it opens too late", async () => {
  const clock = new FakeClock();
  let request;
  const opening = openDatabase({ name: "x", environment: clock, indexedDB: factory((made) => (request = made)) });
  await clock.advance(1_000);
  request.onblocked();
  await clock.advance(4_000);
  const database = await opening;
  assert.equal(database.failure.reason, "blocked");
  let isClosed = false;
  request.result = { close: () => (isClosed = true) };
  request.onsuccess();
  assert.ok(isClosed, "an open connection would block others in turn");
});
