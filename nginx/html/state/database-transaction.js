// Runs one transaction of IndexedDB, with promises.

import { compareKeys } from "./memory-database.js";

/** @typedef {import("./memory-database.js").Transaction} Transaction */

/** Tables that nobody else has a copy of: they are on the disk before anything in them is said to be stored. */
export const WORDS = ["unsent", "drafts", "uploads"];

/**
 * Why something was not stored. `reason`: `full`, `blocked` (an older page keeps the database from being upgraded), `closed`, `emptied` (with
 * all that was stored) or `unavailable`.
 */
export class DatabaseFailure extends Error {
  /** @param {"full"|"blocked"|"closed"|"emptied"|"unavailable"} reason @param {string} [detail] */
  constructor(reason, detail = reason) {
    super(detail);
    this.name = "DatabaseFailure";
    this.reason = reason;
  }
}

/** @param {any} error @returns {DatabaseFailure} */
export function failureOf(error) {
  if (error instanceof DatabaseFailure) return error;
  switch (error?.name) {
    case "QuotaExceededError":
      return new DatabaseFailure("full", "The storage of this browser is full.");
    case "InvalidStateError": // the connection was closed before the transaction began
    case "AbortError": // or while it ran
      return new DatabaseFailure("closed", error.message);
    default:
      return new DatabaseFailure("unavailable", error?.message);
  }
}

/**
 * What `work` writes is handed over for good as soon as `work` is done: it does not wait for the answers, which a page that goes never hears.
 *
 * @template T
 * @param {IDBDatabase} connection @param {string[]} tables @param {IDBTransactionMode} mode
 * @param {(transaction: Transaction) => Promise<T>} work @returns {Promise<T>} once all is stored
 */
export async function run(connection, tables, mode, work) {
  const durability = tables.some((table) => WORDS.includes(table)) ? "strict" : "relaxed"; // "strict": a power cut loses nothing
  const transaction = connection.transaction(tables, mode, { durability });
  /** @type {Promise<void>} */
  const done = new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new DOMException("The transaction was ended.", "AbortError"));
  });
  done.catch(() => {});
  let result;
  try {
    result = await work(operations(transaction));
  } catch (error) {
    try {
      transaction.abort();
    } catch {
      await done; // it has ended by itself, and knows better why
    }
    throw error;
  }
  commit(transaction);
  await done;
  return result;
}

/** @param {IDBTransaction} transaction */
function commit(transaction) {
  try {
    if (transaction.mode === "readwrite") transaction.commit?.();
  } catch {
    // It has ended by itself.
  }
}

/** @param {string[]} tables @param {Transaction} transaction */
export async function clearAll(tables, transaction) {
  for (const table of tables) await transaction.clear(table);
}

/**
 * A write that fails ends the transaction, with all that was written.
 *
 * @param {IDBTransaction} transaction @returns {Transaction}
 */
function operations(transaction) {
  const store = (/** @type {string} */ table) => transaction.objectStore(table);
  return {
    get: (table, key) => answerOf(store(table).get(key)),
    list: async (table, from, to) => {
      if (compareKeys(from, to) > 0) return []; // IDBKeyRange throws
      const range = IDBKeyRange.bound(from, to);
      const [keys, values] = await Promise.all([answerOf(store(table).getAllKeys(range)), answerOf(store(table).getAll(range))]);
      return keys.map((key, i) => [/** @type {any} */ (key), values[i]]);
    },
    put: async (table, key, value) => void store(table).put(value, key),
    delete: async (table, key) => void store(table).delete(key),
    deleteRange: async (table, from, to) => {
      if (compareKeys(from, to) <= 0) store(table).delete(IDBKeyRange.bound(from, to));
    },
    clear: async (table) => void store(table).clear(),
  };
}

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
function answerOf(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
