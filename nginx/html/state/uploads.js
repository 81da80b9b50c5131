// Uploads the files that a room's next message will have, a few at a time, again after a break, and after a reload.

import { newUpload, uploadsOf } from "./upload.js";
import { UploadRecords } from "./upload-records.js";
import { transfer } from "./upload-transfer.js";

/** @typedef {import("./upload.js").Upload} Upload */
/** @typedef {import("./database.js").Transaction} Transaction */
/** @typedef {import("./unsent-message.js").UnsentMessage} UnsentMessage */

const RUNNING_MAX = 2;
const FRESH_MS = 12 * 3_600_000; // the server deletes a file that no message gets within a day: an older one is uploaded again

/** Topic of `changes`: `uploads:<room_id>`, with `{id, what}`: `added`, `changed`, `removed`. */
export class Uploads {
  tables = ["uploads"]; // as a source of the outbox
  #api;
  #connection;
  #lock;
  #isMine;
  #isDurable;
  #environment;
  #records;
  /** @type {Map<string, AbortController>} */
  #running = new Map();
  #ends = new AbortController();

  /**
   * @param {object} options
   * @param {import("./database.js").Database} options.database of this account
   * @param {any} options.api @param {any} options.connection @param {any} options.store
   * @param {{tell: (topic: string, delta: object) => void}} options.changes
   * @param {any} [options.channel] a BroadcastChannel between the tabs of this account
   * @param {any} options.environment
   * @param {(name: string, work: () => Promise<any>) => Promise<any>} [options.lock] @param {string} [options.userId]
   */
  constructor({
    database,
    api,
    connection,
    store,
    changes,
    channel = null,
    environment,
    lock = environment.lock,
    userId = store.me.user_id,
  }) {
    this.#api = api;
    this.#connection = connection;
    this.#lock = lock;
    this.#isDurable = database.isDurable;
    this.#isMine = () => store.me?.user_id === userId;
    this.#environment = environment;
    this.#records = new UploadRecords({
      database,
      channel,
      tell: ({ room_id: roomId, id }, what) => changes.tell(`uploads:${roomId}`, { id, what }),
      changed: () => this.#run(),
    });
    connection.addEventListener("welcome", () => this.#run(), { signal: this.#ends.signal });
  }

  /** Loads the files that an earlier visit, or another tab, has left. */
  async restore() {
    await this.#records.load();
    for (const upload of this.#records.all) {
      const isOld = upload.state === "done" && upload.file && this.#environment.now() - upload.done_at > FRESH_MS;
      if (isOld) await this.#records.update(upload, { state: "waiting", progress: 0, result: null });
    }
    this.#run();
  }

  /** The uploads of a room, in the order in which they were added. */
  in(/** @type {string} */ roomId) {
    return this.#records.all.filter((upload) => upload.room_id === roomId);
  }

  /** Asked before the tab is closed: whether a file is in the memory of this tab only. */
  get hasUnstored() {
    return this.#records.all.some(({ is_stored: isStored, state }) => !(isStored && this.#isDurable) && state !== "failed");
  }

  /** `refusal(file)` returns why a file cannot be sent, or null; such a file is listed, but not uploaded. */
  async add(
    /** @type {string} */ roomId,
    /** @type {Iterable<File>} */ files,
    refusal = (/** @type {File} */ _) => /** @type {string|null} */ (null),
  ) {
    const adding = [...files].map((file) => {
      const error = refusal(file);
      const upload = newUpload(this.#environment.randomUUID(), roomId, file.name, file.size);
      if (error) return this.#records.append({ ...upload, state: "failed", error });
      return this.#records.add({ ...upload, file }).then(() => this.#run());
    });
    await Promise.all(adding);
  }

  /** Cancels an upload that runs, deletes a file that has arrived, and forgets it. */
  remove(/** @type {string} */ id) {
    const upload = this.#records.get(id);
    if (!upload) return;
    this.#forget([upload]);
    if (upload.result) this.#deleteFile(upload.result);
  }

  retry(/** @type {string} */ id) {
    const upload = this.#records.get(id);
    if (upload?.state !== "failed" || !upload.mayRetry) return;
    this.#records.update(upload, { state: "waiting", error: null, progress: 0 });
    this.#run();
  }

  /** The files of a room's next message, all of which must be done. */
  attachments(/** @type {string} */ roomId) {
    return this.in(roomId).map(({ result }) => result);
  }

  /** Cancels and forgets the uploads of a room that the user has left, or of all rooms. */
  clear(/** @type {string|null} */ roomId = null) {
    return this.#forget(roomId ? this.in(roomId) : this.#records.all);
  }

  /** Uploads nothing more; what waits stays in the database. */
  stop() {
    this.#ends.abort();
    this.#records.stop();
    for (const abort of this.#running.values()) abort.abort();
  }

  // ---- as a source of the outbox ----

  /** The files are in a message now. */
  take(/** @type {string} */ roomId) {
    return this.#records.take(this.in(roomId));
  }

  // A message comes back.
  /** @param {UnsentMessage} message @param {Transaction} transaction */
  async writeBack(message, transaction) {
    for (const upload of uploadsOf(message)) await this.#records.write(upload, transaction);
  }

  /** @param {UnsentMessage} message */
  gaveBack(message) {
    for (const upload of uploadsOf(message)) this.#records.show(upload);
  }

  // ---- uploading ----

  /** @param {Upload[]} uploads */
  #forget(uploads) {
    for (const { id } of uploads) this.#running.get(id)?.abort();
    return this.#records.remove(uploads);
  }

  // Like messages, files wait for the connection, however long it takes.
  #run() {
    if (!this.#connection.isOnline || !this.#isMine() || this.#ends.signal.aborted) return;
    const waiting = this.#records.waiting.filter(({ id }) => !this.#running.has(id));
    for (const upload of waiting.slice(0, Math.max(0, RUNNING_MAX - this.#running.size))) this.#start(upload);
  }

  // Unless another tab does so already.
  /** @param {Upload} upload */
  async #start(upload) {
    const abort = new AbortController();
    this.#running.set(upload.id, abort);
    await this.#lock(`echochat-upload-${upload.id}`, async () => {
      if (!abort.signal.aborted && !(await this.#records.isOver(upload))) await this.#upload(upload, abort.signal);
    }).catch(() => {});
    this.#running.delete(upload.id);
    this.#run();
  }

  /** @param {Upload} upload @param {AbortSignal} signal */
  async #upload(upload, signal) {
    const change = await transfer(/** @type {File} */ (upload.file), {
      api: this.#api,
      connection: this.#connection,
      environment: this.#environment,
      signal,
      onProgress: (progress) => {
        const known = this.#records.get(upload.id);
        if (known && !signal.aborted) this.#records.show({ ...known, state: "uploading", progress });
      },
    });
    const isWanted = change && (await this.#records.update(upload, change));
    if (change?.result && !isWanted) this.#deleteFile(change.result); // removed meanwhile, here or in another tab
  }

  /** @param {any} result */
  #deleteFile({ file_id: fileId }) {
    this.#api.deleteFile(fileId).catch(() => {}); // the server deletes what no message gets
  }
}
