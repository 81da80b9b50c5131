// The outbox, with its database in memory.

import { test } from "node:test";
import { memoryDatabases } from "../support/browser.js";
import { outboxCases } from "./outbox-cases.js";

for (const [name, run] of Object.entries(outboxCases)) test(name, () => run(memoryDatabases()));
