// The files that wait in composers: in memory for this tab, and as blobs in the database for the next visit and the other tabs.

import { tellTabs } from "./tab-channel.js";

/** @typedef {import("./database.js").Transaction} Transaction */

/** @typedef {import("./upload.js").Upload} Upload */

const TABLE = "uploads";
const STORED_MAX = 50;
const STORED_BYTES_MAX = 100 * 1024 * 1024; // of all files; those beyond are uploaded all the same

export class UploadRecords {
  #database;
  #channel;
  #tell;
  #ends = new AbortController();
  /** @type {Map<string, Upload>} */
  #uploads = new Map();
  #storing = new Set(); // shown, but not stored yet
  #taken = new Set(); // removed here, and perhaps not yet, or never, from the database

  /**
   * `tell(upload, what)` hears each change, `changed()` of what another tab has done.
   *
   * @param {object} options
   * @param {import("./database.js").Database} options.database @param {any} options.channel
   * @param {(upload: Upload, what: string) => void} options.tell @param {() => void} options.changed
   */
  constructor({ database, channel, tell, changed }) {
    this.#database = database;
    this.#channel = channel;
    this.#tell = tell;
    const hear = (/** @type {any} */ { data }) => void (data?.uploads && this.load().then(changed));
    channel?.addEventListener("message", hear, { signal: this.#ends.signal });
  }

  /**
   * In the order in which they were added.
   * @returns {Upload[]}
   */
  get all() {
    return [...this.#uploads.values()].sort((a, b) => a.order - b.order);
  }

  /** Those to upload, once they are stored, or could not be. */
  get waiting() {
    return this.all.filter(({ id, state }) => state === "waiting" && !this.#storing.has(id));
  }

  /** @param {string} id */
  get(id) {
    return this.#uploads.get(id);
  }

  /** Takes what all tabs have stored; what this tab uploads goes on. */
  async load() {
    const rows = await this.#database.list(TABLE, "", []).catch(() => null);
    if (!rows) return;
    const stored = new Map(rows.map(([, upload]) => [upload.id, upload]));
    for (const upload of this.all) if (upload.is_stored && !stored.has(upload.id)) this.#forget(upload);
    for (const upload of stored.values()) {
      if (this.get(upload.id)?.state !== "uploading" && !this.#taken.has(upload.id)) this.show(upload);
    }
  }

  /**
   * Whether another tab has finished or removed a file meanwhile, which is then so here as well.
   * @param {Upload} upload
   */
  async isOver(upload) {
    if (!upload.is_stored) return !this.#uploads.has(upload.id);
    const stored = await this.#database.get(TABLE, upload.id).catch(() => upload);
    if (!stored) this.#forget(upload);
    else if (stored.state === "done") this.show(stored);
    return !stored || stored.state === "done";
  }

  /**
   * Shows a new one behind the others, in this tab only.
   * @param {Upload} upload
   */
  append(upload) {
    const shown = { ...upload, order: orderAfter(this.all) };
    this.show(shown);
    return shown;
  }

  /**
   * Stores a new one, if there is room.
   * @param {Upload} upload
   */
  async add(upload) {
    const shown = this.append(upload);
    this.#storing.add(upload.id);
    await this.#database
      .transact([TABLE], async (tx) => {
        const others = (await tx.list(TABLE, "", [])).map(([, other]) => other);
        const bytes = others.reduce((sum, { size }) => sum + size, upload.size);
        if (!this.get(upload.id) || others.length >= STORED_MAX || bytes > STORED_BYTES_MAX) return;
        const record = { ...upload, order: Math.max(shown.order, orderAfter(others)), is_stored: true };
        await tx.put(TABLE, upload.id, record);
        this.#post(upload);
        const { order, is_stored } = record;
        const known = this.get(upload.id);
        if (known) this.show({ ...known, order, is_stored });
      })
      .catch(() => {}); // storage is full: it is in this tab only
    this.#storing.delete(upload.id);
  }

  /**
   * Changes one, here and in the database. False if it is not there any more.
   *
   * @param {Upload} upload @param {Partial<Upload>} change
   */
  async update({ id }, change) {
    const known = this.get(id);
    if (!known) return false;
    this.show({ ...known, ...change });
    if (!known.is_stored) return true;
    const isThere = await this.#database
      .transact([TABLE], async (tx) => {
        const record = await tx.get(TABLE, id);
        if (record) await tx.put(TABLE, id, { ...record, ...change });
        this.#post(known);
        return Boolean(record);
      })
      .catch(() => true);
    if (!isThere) this.#forget(known);
    return isThere;
  }

  /** @param {Upload[]} uploads @returns {import("./unsent-message.js").Taking} */
  take(uploads) {
    for (const { id } of uploads) this.#taken.add(id);
    for (const upload of uploads) this.#forget(upload);
    return {
      write: async (tx) => {
        for (const upload of uploads) await tx.delete(TABLE, upload.id);
        if (uploads[0]) this.#post(uploads[0]);
      },
      stored: () => {
        for (const { id } of uploads) this.#taken.delete(id);
      },
      failed: () => {},
    };
  }

  /** @param {Upload[]} uploads */
  async remove(uploads) {
    const taking = this.take(uploads);
    await this.#database.transact([TABLE], taking.write).then(taking.stored, () => {});
  }

  /** @param {Upload} upload @param {Transaction} tx */
  write(upload, tx) {
    this.#post(upload);
    return tx.put(TABLE, upload.id, upload);
  }

  /** @param {Upload} upload */
  show(upload) {
    const isNew = !this.#uploads.has(upload.id);
    this.#uploads.set(upload.id, upload);
    this.#tell(upload, isNew ? "added" : "changed");
  }

  stop() {
    this.#ends.abort();
  }

  /** @param {Upload} upload */
  #forget(upload) {
    if (this.#uploads.delete(upload.id)) this.#tell(upload, "removed");
  }

  /** @param {Upload} upload */
  #post({ room_id: roomId }) {
    tellTabs(this.#channel, { uploads: roomId });
  }
}

/** @param {Upload[]} uploads */
function orderAfter(uploads) {
  return Math.max(0, ...uploads.map(({ order }) => order)) + 1;
}
