// The outbox, with its database in memory.

import { test } from "node:test";
import { memoryDatabases } from "../support/browser.js";
import { outboxCases } from "./outbox-cases.js";
import { outboxFailureCases } from "./outbox-failure-cases.js";
import { outboxStorageCases } from "./outbox-storage-cases.js";

for (const [name, run] of Object.entries({ ...outboxCases, ...outboxFailureCases, ...outboxStorageCases }))
  test(name, () => run(memoryDatabases()));
