// Files that wait, with their database in memory.

import { test } from "node:test";
import { memoryDatabases } from "../support/browser.js";
import { uploadsCases } from "./uploads-cases.js";

for (const [name, run] of Object.entries(uploadsCases)) test(name, () => run(memoryDatabases()));
