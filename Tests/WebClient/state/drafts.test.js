// Drafts, with their database in memory.

import { test } from "node:test";
import { memoryDatabases } from "../support/browser.js";
import { draftsCases } from "./drafts-cases.js";

for (const [name, run] of Object.entries(draftsCases)) test(name, () => run(memoryDatabases()));
