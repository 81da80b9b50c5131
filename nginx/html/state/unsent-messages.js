// The messages of one account that the server has not confirmed: in the database for all tabs, and in memory to be shown.

import { tellTabs } from "./tab-channel.js";

/** @typedef {import("./database.js").Database} Database */
/** @typedef {import("./database.js").Transaction} Transaction */
/** @typedef {import("./unsent-message.js").UnsentMessage} UnsentMessage */
/** @typedef {import("./unsent-message.js").Source} Source */
/** @typedef {import("./unsent-message.js").Taking} Taking */

const TABLE = "unsent";
const NOTHING = { tables: /** @type {string[]} */ ([]), takings: /** @type {Taking[]} */ ([]) };

export class UnsentMessages {
  #database;
  #channel;
  #tell;
  /** @type {Map<string, UnsentMessage>} */
  #messages = new Map();
  #storing = new Set(); // shown, but not stored yet
  #gone = new Set(); // removed here, and perhaps not yet, or never, from the database
  /** @type {Map<string, typeof NOTHING>} */
  #unwritten = new Map(); // client_id → what was taken from its sources in memory only, since storage was full
  /** @type {Map<string, Partial<UnsentMessage>>} */
  #changes = new Map(); // client_id → what could not be changed in the database
  /** @type {Promise<any>} */
  #last = Promise.resolve(); // one access to the database at a time: a list read before a change cannot arrive after it

  /**
   * `tell(message, what)` hears each change.
   *
   * @param {{database: Database, channel: any, tell: (message: UnsentMessage, what: string) => void}} options
   */
  constructor({ database, channel, tell }) {
    this.#database = database;
    this.#channel = channel;
    this.#tell = tell;
  }

  /** @returns {UnsentMessage[]} in the order in which they are sent */
  get all() {
    return [...this.#messages.values()].sort((a, b) => a.order - b.order);
  }

  /** @returns {UnsentMessage|undefined} the one to send next, if it is stored, or could not be */
  get next() {
    const next = this.all.find(({ state }) => state === "pending");
    return next && !this.#storing.has(next.client_id) ? next : undefined;
  }

  /** Takes what all tabs have stored. */
  load() {
    return this.#inTurn(async () => {
      const rows = await this.#database.list(TABLE, "", []).catch(() => null);
      if (!rows) return; // what is in memory still counts
      const stored = new Map(rows.map(([, message]) => [message.client_id, message]));
      for (const message of this.#messages.values()) {
        if (message.is_stored && !stored.has(message.client_id)) this.#forget(message);
      }
      for (const [clientId, message] of stored) {
        if (!this.#gone.has(clientId)) this.#show({ ...message, ...this.#changes.get(clientId), is_stored: true });
      }
    });
  }

  /** Stores a message, and in the same transaction takes its words from where they were. False if it could not be stored. */
  insert(/** @type {UnsentMessage} */ message, /** @type {Source[]} */ sources = []) {
    const tables = sources.flatMap((source) => source.tables);
    const takings = sources.map((source) => source.take(message.room_id));
    this.#storing.add(message.client_id);
    this.#show({ ...message, order: orderAfter(this.all), is_stored: false });
    return this.#inTurn(async () => {
      try {
        const stored = await this.#database.transact([TABLE, ...tables], async (tx) => {
          const stored = (await tx.list(TABLE, "", [])).map(([, other]) => other);
          const record = { ...message, order: orderAfter(stored), is_stored: true };
          await tx.put(TABLE, message.client_id, record);
          for (const taking of takings) await taking.write(tx);
          tellTabs(this.#channel, { unsent: message.room_id });
          return record;
        });
        for (const taking of takings) taking.stored();
        if (!this.#gone.has(message.client_id)) this.#show(stored);
        return true;
      } catch {
        for (const taking of takings) taking.failed();
        this.#unwritten.set(message.client_id, { tables, takings });
        return false;
      } finally {
        this.#storing.delete(message.client_id);
      }
    });
  }

  /** Changes a message, unless it was removed meanwhile. */
  update(/** @type {string} */ clientId, /** @type {Partial<UnsentMessage>} */ change) {
    return this.#inTurn(async () => {
      const work = async (/** @type {Transaction} */ tx) => {
        const record = await tx.get(TABLE, clientId);
        if (!record) return false;
        await tx.put(TABLE, clientId, { ...record, ...change });
        tellTabs(this.#channel, { unsent: record.room_id });
        return true;
      };
      let isThere = true;
      try {
        isThere = await this.#database.transact([TABLE], work);
        this.#changes.delete(clientId);
      } catch {
        this.#changes.set(clientId, { ...this.#changes.get(clientId), ...change });
      }
      const known = this.#messages.get(clientId);
      if (!known) return;
      if (isThere || !known.is_stored) this.#show({ ...known, ...change });
      else this.#forget(known); // another tab has seen it sent
    });
  }

  /** Removes a message that was sent, or that the user does not want to send any more. */
  remove(/** @type {string} */ clientId) {
    const message = this.#messages.get(clientId);
    if (!message) return Promise.resolve();
    this.#gone.add(clientId);
    this.#forget(message);
    return this.#inTurn(async () => {
      const { tables, takings } = this.#unwritten.get(clientId) ?? NOTHING;
      this.#unwritten.delete(clientId);
      const work = async (/** @type {Transaction} */ tx) => {
        await tx.delete(TABLE, clientId);
        for (const taking of takings) await taking.write(tx);
        tellTabs(this.#channel, { unsent: message.room_id });
      };
      try {
        await this.#database.transact([TABLE, ...tables], work);
        for (const taking of takings) taking.stored();
        this.#gone.delete(clientId);
      } catch {
        // It stays in the database, and is sent again at the next visit, which changes nothing.
      }
    });
  }

  /** Gives the words of a message back to where they came from. False if it is not here any more: it was sent after all. */
  giveBack(/** @type {string} */ clientId, /** @type {Source[]} */ sources) {
    return this.#inTurn(async () => {
      const known = this.#messages.get(clientId);
      if (!known) return false;
      let isGivenBack = true;
      try {
        isGivenBack = await this.#database.transact([TABLE, ...sources.flatMap((source) => source.tables)], async (tx) => {
          if (known.is_stored && !(await tx.get(TABLE, clientId))) return false;
          for (const source of sources) await source.writeBack(known, tx);
          await tx.delete(TABLE, clientId);
          tellTabs(this.#channel, { unsent: known.room_id });
          return true;
        });
      } catch {
        this.#gone.add(clientId); // it stays in the database, for the next visit
      }
      this.#unwritten.delete(clientId);
      if (isGivenBack) for (const source of sources) source.gaveBack(known);
      this.#forget(known);
      return isGivenBack;
    });
  }

  /** Stores all again: somebody has emptied the database. */
  async storeAgain() {
    await Promise.all(this.all.filter(({ client_id: clientId }) => !this.#gone.has(clientId)).map((message) => this.insert(message)));
  }

  /** @param {UnsentMessage} message */
  #show(message) {
    const before = this.#messages.get(message.client_id);
    this.#messages.set(message.client_id, message);
    if (!before) this.#tell(message, "added");
    else if (JSON.stringify(before) !== JSON.stringify(message)) this.#tell(message, "changed");
  }

  /** @param {UnsentMessage} message */
  #forget(message) {
    if (this.#messages.delete(message.client_id)) this.#tell(message, "removed");
  }

  /** @template T @param {() => Promise<T>} work @returns {Promise<T>} */
  #inTurn(work) {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }
}

/** @param {UnsentMessage[]} messages */
function orderAfter(messages) {
  return Math.max(1, ...messages.map(({ order }) => order + 1));
}
