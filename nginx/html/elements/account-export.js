// Collects everything that the server stores about the user, as one JSON file.

import { listPages } from "../net/requests.js";

const PAGES_MAX = 10_000; // of 200 messages each: more would not fit into one string of JSON

/**
 * @param {(cursor: string | null) => Promise<Record<string, any>>} load a page: the first has the account, all have messages
 * @param {(messages: number) => void} [onProgress]
 * @returns {Promise<Blob>}
 */
export async function collectExport(load, onProgress = () => {}) {
  /** @type {Record<string, any>} */
  const account = {};
  /** @type {any[]} */
  const messages = [];
  for await (const { messages: found = [], next_cursor: _, ...rest } of listPages(load, { pagesMax: PAGES_MAX })) {
    Object.assign(account, rest);
    messages.push(...found);
    onProgress(messages.length);
  }
  return new Blob([JSON.stringify({ ...account, messages }, null, 2)], { type: "application/json" });
}
