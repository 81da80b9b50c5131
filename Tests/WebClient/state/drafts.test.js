// Drafts, with their database in memory.

import { test } from "node:test";
import { memoryDatabases } from "../support/browser.js";
import { draftsCases } from "./drafts-cases.js";
import { draftsElsewhereCases } from "./drafts-elsewhere-cases.js";

for (const [name, run] of Object.entries({ ...draftsCases, ...draftsElsewhereCases })) test(name, () => run(memoryDatabases()));
