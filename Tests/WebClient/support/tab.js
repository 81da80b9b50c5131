// One tab of a FakeBrowser: its connection, its view of the database, and its end at any step.

import { DatabaseFailure } from "../../../nginx/html/state/database.js";
import { Drafts } from "../../../nginx/html/state/drafts.js";
import { Outbox } from "../../../nginx/html/state/outbox.js";
import { Uploads } from "../../../nginx/html/state/uploads.js";

const nextTask = () => new Promise((resolve) => globalThis.setImmediate(resolve));

/** What one tab has. A killed one does nothing more: what it waits for never comes, and its locks are free. */
export class Tab {
  isDead = false;
  steps = 0;
  killAt = Infinity;
  told = []; // of `changes`
  #died;

  constructor(browser, userId, database) {
    this.browser = browser;
    this.userId = userId;
    this.dead = new Promise((resolve) => (this.#died = resolve));
    this.database = new TabDatabase(this, database);
    this.channel = browser.channel(userId, this);
    this.store = { me: { user_id: userId }, limits: {}, messages: [], addMessage: (message) => this.store.messages.push(message) };
    this.changes = { tell: (topic, delta) => this.told.push([topic, delta]) };
    this.environment = {
      now: browser.clock.now,
      setTimeout: (run, ms) => browser.clock.setTimeout(() => this.isDead || run(), ms),
      clearTimeout: browser.clock.clearTimeout,
      randomUUID: () => `id-${(browser.ids += 1)}`,
      random: () => 0.5,
      signals: new EventTarget(),
      lock: (name, work) => this.live(browser.locks(name, () => (this.isDead ? null : Promise.race([work(), this.dead])))),
    };
    this.connection = new TabConnection(this);
    this.api = browser.server.apiFor(this);
  }

  start() {
    const { database, connection, store, changes, channel, environment, api } = this;
    const options = { database, connection, store, changes, channel, environment, api };
    this.drafts = new Drafts(options);
    this.uploads = new Uploads(options);
    this.outbox = new Outbox(options);
    this.restored = Promise.all([this.drafts.restore(), this.uploads.restore(), this.outbox.restore()]);
  }

  /** Writes and sends, as the composer does. */
  async send(content, roomId = "lobby") {
    this.drafts.set(roomId, { content });
    await this.drafts.flush();
    await this.outbox.add(roomId, content, { takenFrom: [this.drafts, this.uploads], attachments: this.uploads.attachments(roomId) });
  }

  kill() {
    this.isDead = true;
    this.#died();
  }

  /** One more thing that happens outside this tab; it may not live to see it. */
  step() {
    this.steps += 1;
    if (this.steps >= this.killAt) this.kill();
    return this.isDead ? new Promise(() => {}) : Promise.resolve();
  }

  /** The result, unless the tab ends before. */
  live(promise) {
    return new Promise((resolve, reject) => {
      promise.then(
        (value) => this.isDead || resolve(value),
        (error) => this.isDead || reject(error),
      );
    });
  }
}

/** The connection of a tab: commands reach the server, and its replies come back, unless the tab, or the network, ends in between. */
class TabConnection extends EventTarget {
  isOnline = false;
  #generation = 0;

  constructor(tab) {
    super();
    this.tab = tab;
  }

  online(userId = this.tab.userId) {
    this.isOnline = true;
    this.userId = userId;
    this.dispatchEvent(Object.assign(new Event("welcome"), { detail: { user: { user_id: userId } } }));
  }

  offline() {
    this.isOnline = false;
    this.#generation += 1;
  }

  wake() {}

  async command(event, data) {
    if (!this.isOnline) throw { code: "connection_lost", status: 0, isTransient: true };
    const generation = this.#generation;
    await this.tab.step();
    const reply = this.tab.browser.server.handle(this.userId, event, data);
    reply.catch(() => {});
    await nextTask();
    await this.tab.step();
    if (generation !== this.#generation) throw { code: "connection_lost", status: 0, isTransient: true };
    return this.tab.live(reply);
  }
}

/** The database as one tab sees it. `isFull`: nothing can be stored. */
class TabDatabase {
  isFull = false;
  listeners = new Set();

  constructor(tab, database) {
    this.tab = tab;
    this.real = database;
    this.isDurable = database.isDurable;
  }

  get = (table, key) => this.#run([table], (tx) => tx.get(table, key), true);
  list = (table, from, to) => this.#run([table], (tx) => tx.list(table, from, to), true);
  put = (table, key, value) => this.transact([table], (tx) => tx.put(table, key, value));
  delete = (table, key) => this.transact([table], (tx) => tx.delete(table, key));
  transact = (tables, work) => this.#run(tables, work, false);
  clear = (tables) => this.real.clear(tables);
  close = () => this.real.close();

  onFailure(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async #run(tables, work, isRead) {
    const { tab } = this;
    await tab.step();
    const result = this.real.transact(tables, async (tx) => {
      const result = await work(this.#watched(tx, isRead));
      if (tab.isDead) throw new Error("the tab was killed: nothing is stored");
      return result;
    });
    const value = await tab.live(result);
    await tab.step();
    return value;
  }

  #watched(tx, isRead) {
    const after =
      (run, isWrite) =>
      async (...values) => {
        this.tab.steps += 1;
        if (this.tab.steps >= this.tab.killAt) this.tab.kill();
        if (this.tab.isDead) throw new Error("the tab was killed");
        if (isWrite && !isRead && this.isFull) throw new DatabaseFailure("full");
        return run(...values);
      };
    const { get, list, put, delete: remove, deleteRange, clear } = tx;
    return {
      get: after(get),
      list: after(list),
      put: after(put, true),
      delete: after(remove),
      deleteRange: after(deleteRange),
      clear: after(clear),
    };
  }
}
