// Keeps the state of the last visit and the last messages of rooms on this device, so that the page opens at once, and offline.

import { applyFrame, keepPage, readPage, removeRoom, upToDate } from "./cached-room.js";

/** @typedef {import("./cached-room.js").Frame} Frame */
/** @typedef {import("./database.js").Transaction} Transaction */
/** @typedef {import("./types.js").Page} Page */
/** @typedef {import("./types.js").PageQuery} PageQuery */

const FORMAT = 1; // of the dump and the messages: another one is not read
const TABLES = ["state", "messages"];
const ROOMS_MAX = 20; // those that were opened last
const FRAMES_MAX = 1_000;

/**
 * One tab writes, the one that holds the lock; all read. Stored messages are as of the event `through`, which is never before the cursor that
 * a visit resumes from. Each tab remembers the last events: they are applied to messages that it stores or reads, whatever their age. A tab
 * that does not have all events since `through` cannot go on with what is stored: it stores its own state in place of it, in one transaction,
 * so that a tab that ends at any moment leaves a state.
 */
export class Cache {
  #database;
  #environment;
  #userId;
  #isWriter = false;
  #isStopped = false;
  #release = () => {};
  /** @type {Frame[]} */
  #frames = []; // that change messages, in the order of their ids
  /** @type {string|null} */
  #epoch = null;
  #since = Infinity; // `#frames` has all that came after this event
  #last = 0; // the last event

  /**
   * @param {object} options
   * @param {import("./database.js").Database} options.database of this account
   * @param {any} options.environment @param {string} options.userId
   * @param {(name: string, work: () => Promise<any>) => Promise<any>} [options.lock]
   * @param {() => void} [options.onWriter] this tab writes from now on: what it has may not be stored
   */
  constructor({ database, environment, userId, lock = environment.lock, onWriter = () => {} }) {
    this.#database = database;
    this.#environment = environment;
    this.#userId = userId;
    lock(`echochat-cache-${userId}`, async () => {
      if (this.#isStopped) return;
      this.#isWriter = true;
      onWriter();
      await new Promise((resolve) => (this.#release = () => resolve(null)));
    }).catch(() => {});
  }

  /**
   * What the last visit has saved.
   * @returns {Promise<{dump: any, cursor: number, epoch: string}|null>}
   */
  async load() {
    const [at, dump] = await Promise.all([this.#database.get("state", "at"), this.#database.get("state", "dump")]).catch(() => []);
    if (at?.format !== FORMAT || !dump || this.#epoch !== null) return null; // a state has come meanwhile
    this.#begin(at.cursor, at.epoch);
    return { dump, cursor: at.cursor, epoch: at.epoch };
  }

  /**
   * Saves the state as of the event `cursor`.
   * @param {any} dump @param {number} cursor @param {string} epoch
   */
  async save(dump, cursor, epoch) {
    if (this.#epoch !== epoch || this.#since === Infinity) this.#begin(cursor, epoch);
    await this.#write(async (tx) => {
      const at = await this.#flush(tx);
      if (!at) await this.#storeAlone(tx, dump, cursor);
      else if (at.cursor <= cursor) await storeState(tx, { ...at, cursor }, dump); // else this tab lags behind
    });
  }

  /**
   * Saves the state as of the event `cursor` in place of all that was kept: events were missed.
   * @param {any} dump @param {number} cursor @param {string} epoch
   */
  async replace(dump, cursor, epoch) {
    this.#frames = [];
    this.#begin(cursor, epoch);
    await this.#write((tx) => this.#storeAlone(tx, dump, cursor));
  }

  /**
   * Takes an event. It is stored with the next page or state.
   * @param {Frame} frame
   */
  apply(frame) {
    if (frame.id === undefined) return;
    this.#last = Math.max(this.#last, frame.id);
    this.#frames.push(frame);
    if (this.#frames.length > FRAMES_MAX) this.#forgetOldest();
  }

  async #forgetOldest() {
    const oldest = this.#frames.slice(0, FRAMES_MAX / 2);
    await this.#write((tx) => this.#flush(tx)); // those that are not stored yet
    const isFirst = this.#frames[0] === oldest[0]; // unless that has been done meanwhile
    if (!isFirst) return;
    this.#frames.splice(0, oldest.length);
    if (this.#since !== Infinity) this.#since = Math.max(this.#since, oldest[oldest.length - 1].id ?? 0);
  }

  /**
   * A page of messages, or null if it is not here.
   * @param {string} roomId @param {PageQuery} query @returns {Promise<Page|null>}
   */
  async page(roomId, query) {
    const read = async (/** @type {Transaction} */ tx) => {
      const at = this.#isWriter ? await this.#flush(tx) : await tx.get("state", "at");
      if (!at || at.epoch !== this.#epoch || at.through < this.#since) return null;
      return readPage(tx, roomId, query);
    };
    const page = await this.#database.transact(TABLES, read).catch(() => null);
    return page && upToDate(roomId, page, this.#frames);
  }

  /**
   * Stores a page of the server.
   * @param {string} roomId @param {Page} page
   */
  async keep(roomId, page) {
    await this.#write(async (tx) => {
      const at = await this.#flush(tx);
      if (!at || at.through > this.#last) return; // another tab has heard of events that may be missing in this page
      const left = upToDate(roomId, page, this.#frames); // it may have been read before them
      if (left) await keepPage(tx, roomId, left, this.#environment.now());
      await this.#trim(tx);
    });
  }

  /** Lets another tab write. */
  stop() {
    this.#isStopped = true;
    this.#isWriter = false;
    this.#release();
  }

  /** @param {number} cursor @param {string} epoch */
  #begin(cursor, epoch) {
    if (this.#epoch !== epoch) {
      this.#frames = [];
      this.#last = 0;
    }
    this.#epoch = epoch;
    this.#since = cursor;
    this.#last = Math.max(this.#last, cursor);
  }

  /** @param {(tx: Transaction) => Promise<any>} work */
  async #write(work) {
    if (!this.#isWriter || this.#epoch === null || this.#since === Infinity) return;
    await this.#database.transact(TABLES, work).catch(() => {}); // the server has it all
  }

  /** @param {Transaction} tx @param {any} dump @param {number} cursor */
  async #storeAlone(tx, dump, cursor) {
    for (const table of TABLES) await tx.clear(table);
    await storeState(tx, { format: FORMAT, epoch: this.#epoch, cursor, through: this.#last }, dump);
  }

  /**
   * Applies the events that are not stored yet. Returns where the stored messages stand; null if this tab cannot go on with them.
   * @param {Transaction} tx
   */
  async #flush(tx) {
    let at = await tx.get("state", "at");
    if (!at || at.format !== FORMAT || at.epoch !== this.#epoch || at.through < this.#since) return null;
    for (const frame of this.#frames) if (/** @type {number} */ (frame.id) > at.through) await applyFrame(tx, frame, this.#userId);
    at = { ...at, through: Math.max(at.through, this.#last) };
    await tx.put("state", "at", at);
    return at;
  }

  /** @param {Transaction} tx */
  async #trim(tx) {
    const rooms = (await tx.list("state", ["room"], ["room", []])).map(([, room]) => room);
    rooms.sort((a, b) => b.used_at - a.used_at);
    for (const { room_id: roomId } of rooms.slice(ROOMS_MAX)) await removeRoom(tx, roomId);
  }
}

/** @param {Transaction} tx @param {any} at @param {any} dump */
const storeState = (tx, at, dump) => Promise.all([tx.put("state", "at", at), tx.put("state", "dump", dump)]);
