// Keeps records in memory, with the interface of the database in IndexedDB: for private windows, for Node and for tests.

/** @typedef {string|number|any[]} Key strings, numbers, or lists of keys; a list is greater than any string or number */

/**
 * What the work of a transaction may use, and nothing else may it wait for: IndexedDB ends a transaction that has nothing to do.
 *
 * @typedef {object} Transaction
 * @property {(table: string, key: Key) => Promise<any>} get undefined if there is no such record
 * @property {(table: string, from: Key, to: Key) => Promise<[Key, any][]>} list from the first key to the last, both included, in order
 * @property {(table: string, key: Key, value: any) => Promise<void>} put
 * @property {(table: string, key: Key) => Promise<void>} delete
 * @property {(table: string, from: Key, to: Key) => Promise<void>} deleteRange
 * @property {(table: string) => Promise<void>} clear
 */

/** The order of keys in IndexedDB: numbers, strings, lists; lists item by item, a shorter one first. */
export function compareKeys(/** @type {Key} */ a, /** @type {Key} */ b) {
  const rank = (/** @type {Key} */ key) => (Array.isArray(key) ? 2 : typeof key === "string" ? 1 : 0);
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  if (!Array.isArray(a) || !Array.isArray(b)) return a < b ? -1 : a > b ? 1 : 0;
  for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
    /** @type {number} */
    const order = compareKeys(a[i], b[i]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** One transaction at a time; what a failed one has written is taken back. */
export class MemoryDatabase {
  /** Whether records outlive this tab. */
  isDurable = false;
  /**
   * Why there is no better database; null if none was asked for.
   *
   * @type {Error|null}
   */
  failure = null;
  /** @type {Map<string, [Key, any][]>} sorted by key */
  #tables = new Map();
  /** @type {Promise<any>} */
  #last = Promise.resolve();

  /** @param {Error|null} [failure] */
  constructor(failure = null) {
    this.failure = failure;
  }

  /** @param {string} table @param {Key} key @returns {Promise<any>} */
  get(table, key) {
    return this.transact([table], (tx) => tx.get(table, key));
  }

  /** @param {string} table @param {Key} from @param {Key} to @returns {Promise<[Key, any][]>} */
  list(table, from, to) {
    return this.transact([table], (tx) => tx.list(table, from, to));
  }

  /** @param {string} table @param {Key} key @param {any} value @returns {Promise<void>} */
  put(table, key, value) {
    return this.transact([table], (tx) => tx.put(table, key, value));
  }

  /** @param {string} table @param {Key} key @returns {Promise<void>} */
  delete(table, key) {
    return this.transact([table], (tx) => tx.delete(table, key));
  }

  /**
   * Deletes all records, or those of some tables.
   *
   * @param {string[]} [tables] @returns {Promise<void>}
   */
  clear(tables = [...this.#tables.keys()]) {
    return this.transact(tables, async (tx) => {
      for (const table of tables) await tx.clear(table);
    });
  }

  /**
   * All that `work` writes is stored, or nothing of it. `work` may run more than once.
   *
   * @template T
   * @param {string[]} tables that `work` uses
   * @param {(transaction: Transaction) => Promise<T>} work
   * @returns {Promise<T>}
   */
  transact(tables, work) {
    const result = this.#last.then(() => this.#run(new Set(tables), work));
    this.#last = result.catch(() => {});
    return result;
  }

  /**
   * Memory does not fail.
   *
   * @param {(failure: any) => void} listener @returns {() => void}
   */
  onFailure(listener) {
    return () => void listener;
  }

  close() {}

  /** @template T @param {Set<string>} tables @param {(transaction: Transaction) => Promise<T>} work */
  async #run(tables, work) {
    /** @type {Map<string, [Key, any][]>} */
    const before = new Map([...tables].map((table) => [table, [...this.#rows(table)]]));
    const rows = (/** @type {string} */ table) => {
      if (!tables.has(table)) throw new TypeError(`the table ${table} is not part of the transaction`);
      return this.#rows(table);
    };
    try {
      return await work(operations(rows));
    } catch (error) {
      for (const [table, kept] of before) this.#tables.set(table, kept);
      throw error;
    }
  }

  /** @param {string} table @returns {[Key, any][]} */
  #rows(table) {
    const rows = this.#tables.get(table) ?? [];
    this.#tables.set(table, rows);
    return rows;
  }
}

/** @param {(table: string) => [Key, any][]} rows @returns {Transaction} */
function operations(rows) {
  const cut = (/** @type {string} */ table, /** @type {Key} */ from, /** @type {Key} */ to) => {
    const [start, end] = [place(rows(table), from), place(rows(table), to)];
    const isThere = rows(table)[end] !== undefined && compareKeys(rows(table)[end][0], to) === 0;
    return { start, count: Math.max(0, end - start + (isThere ? 1 : 0)) };
  };
  return {
    get: async (table, key) => {
      const { start, count } = cut(table, key, key);
      return count ? copy(rows(table)[start][1]) : undefined;
    },
    list: async (table, from, to) => {
      const { start, count } = cut(table, from, to);
      return rows(table)
        .slice(start, start + count)
        .map(([key, value]) => [copy(key), copy(value)]);
    },
    put: async (table, key, value) => {
      const { start, count } = cut(table, key, key);
      rows(table).splice(start, count, [copy(key), copy(value)]);
    },
    delete: async (table, key) => {
      const { start, count } = cut(table, key, key);
      rows(table).splice(start, count);
    },
    deleteRange: async (table, from, to) => {
      const { start, count } = cut(table, from, to);
      rows(table).splice(start, count);
    },
    clear: async (table) => {
      rows(table).splice(0);
    },
  };
}

/**
 * Where `key` is, or would be.
 *
 * @param {[Key, any][]} rows @param {Key} key
 */
function place(rows, key) {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareKeys(rows[middle][0], key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * As IndexedDB stores it: nobody can change a record from outside. A file stays the same object.
 *
 * @param {any} value @returns {any}
 */
function copy(value) {
  if (Array.isArray(value)) return value.map(copy);
  if (value === null || typeof value !== "object" || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, copy(member)]));
}
