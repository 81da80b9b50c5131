// Keeps records on this device, in tables of IndexedDB, or in memory where that cannot be had.

import { clearAll, DatabaseFailure, failureOf, run, WORDS } from "./database-transaction.js";
import { MemoryDatabase } from "./memory-database.js";

export { DatabaseFailure, MemoryDatabase };

/** @typedef {import("./memory-database.js").Key} Key */
/** @typedef {import("./memory-database.js").Transaction} Transaction */
/** @typedef {MemoryDatabase|IndexedDatabase} Database */

// A new table takes a new version. Tables are only ever added, so that the code of an older tab goes on with a newer database.
const TABLES = ["unsent", "drafts", "uploads", "state", "messages", "settings"];
const VERSION = 1;

const EXPENDABLE = ["messages", "state"]; // the server has them: they make room for words when storage is full

const OPEN_WITHIN_MS = 5_000;
const TRIES_MAX = 3; // of a transaction whose connection was closed

/**
 * Opens the database `name`. One that cannot be opened is replaced by one in memory, whose `failure` says why.
 *
 * @param {object} options
 * @param {string} options.name one a site and account
 * @param {IDBFactory|null} [options.indexedDB]
 * @param {{setTimeout: (run: () => void, ms: number) => any, clearTimeout: (id: any) => void}} [options.environment]
 * @param {number} [options.version] and
 * @param {string[]} [options.tables] are for tests of upgrades
 * @returns {Promise<Database>}
 */
export async function openDatabase({ name, indexedDB = ownFactory(), environment = globalThis, version = VERSION, tables = TABLES }) {
  if (!indexedDB) return new MemoryDatabase(new DatabaseFailure("unavailable", "This browser stores nothing here."));
  const database = new IndexedDatabase(indexedDB, { name, environment, version, tables });
  try {
    await database.open();
    return database;
  } catch (error) {
    return new MemoryDatabase(failureOf(error));
  }
}

/** A database of IndexedDB, shared by the tabs of a browser. The interface is that of `MemoryDatabase`. */
class IndexedDatabase {
  isDurable = true;
  /** @type {Error|null} */
  failure = null;
  #factory;
  #options;
  /** @type {Set<(failure: DatabaseFailure) => void>} */
  #listeners = new Set();
  /** @type {Promise<IDBDatabase>|null} */
  #connection = null;

  /** @param {IDBFactory} factory @param {{name: string, environment: any, version: number, tables: string[]}} options */
  constructor(factory, options) {
    this.#factory = factory;
    this.#options = options;
  }

  /** @param {string} table @param {Key} key @returns {Promise<any>} */
  get(table, key) {
    return this.#attempt([table], "readonly", (tx) => tx.get(table, key));
  }

  /** @param {string} table @param {Key} from @param {Key} to @returns {Promise<[Key, any][]>} */
  list(table, from, to) {
    return this.#attempt([table], "readonly", (tx) => tx.list(table, from, to));
  }

  /** @param {string} table @param {Key} key @param {any} value @returns {Promise<void>} */
  put(table, key, value) {
    return this.transact([table], (tx) => tx.put(table, key, value));
  }

  /** @param {string} table @param {Key} key @returns {Promise<void>} */
  delete(table, key) {
    return this.transact([table], (tx) => tx.delete(table, key));
  }

  /** @param {string[]} [tables] @returns {Promise<void>} */
  clear(tables = this.#options.tables) {
    return this.#attempt(tables, "readwrite", (tx) => clearAll(tables, tx));
  }

  /** @template T @param {string[]} tables @param {(transaction: Transaction) => Promise<T>} work @returns {Promise<T>} */
  async transact(tables, work) {
    const makesRoom = tables.some((table) => WORDS.includes(table));
    try {
      return await this.#attempt(tables, "readwrite", work, !makesRoom);
    } catch (error) {
      if (!makesRoom || failureOf(error).reason !== "full") throw error;
    }
    const expendable = EXPENDABLE.filter((table) => this.#options.tables.includes(table));
    await this.#attempt(expendable, "readwrite", (tx) => clearAll(expendable, tx));
    return this.#attempt(tables, "readwrite", work);
  }

  /** @returns {Promise<IDBDatabase>} the connection, opened if it is not */
  open() {
    this.#connection ??= this.#open(this.#options.version).catch((error) => {
      this.#connection = null;
      throw error;
    });
    return this.#connection;
  }

  /** `listener` hears of what could not be stored or read, and of a database that somebody else has emptied (`emptied`). */
  onFailure(/** @type {(failure: DatabaseFailure) => void} */ listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close() {
    this.#connection?.then((connection) => connection.close());
    this.#connection = null;
  }

  /**
   * @template T
   * @param {string[]} tables @param {IDBTransactionMode} mode
   * @param {(transaction: Transaction) => Promise<T>} work @param {boolean} [tellsFull]
   * @returns {Promise<T>}
   */
  async #attempt(tables, mode, work, tellsFull = true) {
    for (let tries = 1; ; tries += 1) {
      try {
        return await run(await this.open(), tables, mode, work);
      } catch (error) {
        if (!(error instanceof DOMException || error instanceof DatabaseFailure)) throw error; // of `work` itself
        const failure = failureOf(error);
        if (failure.reason === "closed" && tries < TRIES_MAX) {
          this.close();
          continue;
        }
        if (failure.reason !== "full" || tellsFull) this.#failed(failure);
        throw failure;
      }
    }
  }

  /** @param {number|undefined} version the one there is, if undefined @returns {Promise<IDBDatabase>} */
  #open(version) {
    const { name, environment, tables } = this.#options;
    return new Promise((resolve, reject) => {
      const request = this.#factory.open(name, version);
      let isBlocked = false;
      let isLate = false;
      const timer = environment.setTimeout(() => {
        isLate = true;
        reject(new DatabaseFailure(isBlocked ? "blocked" : "unavailable", "The database of this browser does not open."));
      }, OPEN_WITHIN_MS);
      request.onblocked = () => (isBlocked = true);
      request.onupgradeneeded = () => {
        for (const table of tables) if (!request.result.objectStoreNames.contains(table)) request.result.createObjectStore(table);
      };
      request.onerror = () => {
        environment.clearTimeout(timer);
        if (request.error?.name === "VersionError" && version !== undefined)
          resolve(this.#open(undefined)); // a newer tab has upgraded it
        else reject(request.error);
      };
      request.onsuccess = () => {
        environment.clearTimeout(timer);
        if (isLate) request.result.close();
        else resolve(this.#opened(request.result));
      };
    });
  }

  #failed(/** @type {DatabaseFailure} */ failure) {
    for (const listener of this.#listeners) listener(failure);
  }

  #opened(/** @type {IDBDatabase} */ connection) {
    // Closed for the tab that upgrades: the next transaction opens it again, as it is then.
    connection.onversionchange = ({ newVersion }) => {
      connection.close();
      this.#connection = null;
      if (newVersion === null) this.#failed(new DatabaseFailure("emptied", "The data of this site was deleted."));
    };
    connection.onclose = () => {
      this.#connection = null;
      this.#failed(new DatabaseFailure("emptied", "The browser has closed the database."));
    };
    return connection;
  }
}

/** The browser's; null where it is not allowed, such as in a frame of another site. */
function ownFactory() {
  try {
    return globalThis.indexedDB ?? null;
  } catch {
    return null;
  }
}
