// The drafts of one account: in memory for this tab, and in the database for the next visit and the other tabs.

import { areSame, emptyDraft, isEmpty, isOver, wordsOf } from "./draft.js";
import { tellTabs } from "./tab-channel.js";

/** @typedef {import("./draft.js").Draft} Draft */
/** @typedef {import("./database.js").Transaction} Transaction */

const TABLE = "drafts";
const KEEP_WITHIN_MS = 300;

export class DraftRecords {
  #database;
  #environment;
  #channel;
  #changed;
  #isHeld;
  /** @type {Map<string, Draft>} */
  #drafts = new Map();
  /** @type {Map<string, number>} */
  #writes = new Map(); // room_id → how often the user has changed the draft here
  /** @type {Map<string, any>} */
  #timers = new Map(); // room_id → of the time until the draft is stored
  /** @type {Set<string>} */
  #unstored = new Set(); // rooms whose draft could not be stored
  // Rooms whose words become a message: until that is stored, those in the database stay; if it cannot be, until the user writes again.
  /** @type {Map<string, "storing"|"failed">} */
  #taken = new Map();
  #ends = new AbortController();

  /**
   * `changed(roomId)` hears of what another tab has written. A room that `isHeld` has the focus here.
   *
   * @param {object} options
   * @param {import("./database.js").Database} options.database @param {any} options.environment @param {any} options.channel
   * @param {(roomId: string) => void} options.changed @param {(roomId: string) => boolean} options.isHeld
   */
  constructor({ database, environment, channel, changed, isHeld }) {
    this.#database = database;
    this.#environment = environment;
    this.#channel = channel;
    this.#changed = changed;
    this.#isHeld = isHeld;
    const { signal } = this.#ends;
    channel?.addEventListener("message", (/** @type {any} */ { data }) => void (data?.draft && this.loadAgain(data.draft)), { signal });
    const unlisten = database.onFailure(({ reason }) => {
      if (reason === "emptied") for (const draft of this.all) this.store(draft.room_id);
    });
    signal.addEventListener("abort", unlisten);
  }

  get all() {
    return [...this.#drafts.values()];
  }

  get hasUnstored() {
    return this.#unstored.size > 0 || (!this.#database.isDurable && this.all.some((draft) => !isEmpty(draft) || draft.edit));
  }

  /** @param {string} roomId @returns {Draft} */
  get(roomId) {
    return this.#drafts.get(roomId) ?? emptyDraft(roomId);
  }

  // The user has changed a draft here.
  /** @param {Draft} draft */
  set(draft) {
    this.#drafts.set(draft.room_id, draft);
    this.#writes.set(draft.room_id, this.#writesIn(draft.room_id) + 1);
  }

  /** Takes what earlier visits have left. */
  async load() {
    const rows = await this.#database.list(TABLE, "", []).catch(() => []);
    for (const [, draft] of rows) {
      const roomId = draft.room_id;
      const faster = this.#drafts.get(roomId); // what the user has written meanwhile
      if (!faster) this.#drafts.set(roomId, draft);
      else this.set({ ...faster, base: draft.base, offered: isEmpty(draft) || areSame(draft, faster) ? draft.offered : wordsOf(draft) });
      this.#changed(roomId);
    }
  }

  /** Another tab has stored a draft. */
  async loadAgain(/** @type {string} */ roomId) {
    const before = this.#drafts.get(roomId);
    const stored = (await this.#database.get(TABLE, roomId).catch(() => before)) ?? emptyDraft(roomId);
    if (this.#drafts.get(roomId) !== before || this.#isAhead(roomId)) return; // the user goes on here: what they write is the newest
    const { content, reply_to, edit } = this.get(roomId);
    const isKept = this.#isHeld(roomId) && (content || edit) && !areSame(stored, { content, reply_to });
    this.#drafts.set(roomId, isKept ? { ...stored, content, reply_to, edit, offered: wordsOf(stored) } : stored);
    this.#changed(roomId);
  }

  /** Stores a draft within moments, with what is written until then. */
  storeSoon(/** @type {string} */ roomId) {
    if (this.#taken.get(roomId) === "failed") this.#taken.delete(roomId);
    if (this.#timers.has(roomId)) return;
    const timer = this.#environment.setTimeout(() => void this.store(roomId), KEEP_WITHIN_MS);
    this.#timers.set(roomId, timer);
  }

  // The words, which are not in memory any more, become a message.
  /** @param {string} roomId @returns {import("./unsent-message.js").Taking} */
  take(roomId) {
    this.#forgetTimer(roomId);
    this.#taken.set(roomId, "storing");
    let written = "";
    return {
      write: (transaction) => {
        written = JSON.stringify(this.get(roomId));
        return this.write(roomId, transaction);
      },
      stored: () => {
        this.#taken.delete(roomId);
        if (written !== JSON.stringify(this.get(roomId))) this.store(roomId); // what has changed meanwhile
      },
      failed: () => void this.#taken.set(roomId, "failed"),
    };
  }

  /**
   * Changes a draft for another reason than that the user has written here: another tab may have stored other words meanwhile.
   *
   * @param {string} roomId @param {(draft: Draft) => Draft} change
   */
  async revise(roomId, change) {
    const writes = this.#writesIn(roomId);
    const isAhead = () => this.#writesIn(roomId) > writes || this.#isAhead(roomId);
    this.#become(change(this.get(roomId)));
    if (isAhead()) return this.store(roomId);
    const revised = this.#database.transact([TABLE], async (transaction) => {
      const stored = (await transaction.get(TABLE, roomId)) ?? emptyDraft(roomId);
      if (!isAhead()) this.#become(change(stored));
      if (!this.#taken.has(roomId)) await this.write(roomId, transaction);
    });
    await revised.catch(() => void this.#unstored.add(roomId));
  }

  async store(/** @type {string} */ roomId) {
    this.#forgetTimer(roomId);
    try {
      await this.#database.transact([TABLE], async (transaction) => {
        if (!this.#taken.has(roomId)) await this.write(roomId, transaction);
      });
      this.#unstored.delete(roomId);
    } catch {
      this.#unstored.add(roomId);
    }
  }

  /** Stores what waits to be stored, or could not be. */
  async storeWaiting() {
    await Promise.all([...new Set([...this.#timers.keys(), ...this.#unstored])].map((roomId) => this.store(roomId)));
  }

  /** Stores what the user has written last; nobody is told of changes any more. */
  stop() {
    this.#ends.abort();
    return this.storeWaiting();
  }

  /** @param {string} roomId */
  #forgetTimer(roomId) {
    this.#environment.clearTimeout(this.#timers.get(roomId));
    this.#timers.delete(roomId);
  }

  /**
   * Writes what the user has written until now, which may be more than when it was asked for.
   * @param {string} roomId @param {Transaction} transaction @param {Draft} [draft]
   */
  async write(roomId, transaction, draft = this.get(roomId)) {
    if (isOver(draft)) await transaction.delete(TABLE, roomId);
    else await transaction.put(TABLE, roomId, draft);
    tellTabs(this.#channel, { draft: roomId });
  }

  /** @param {Draft} draft */
  #become(draft) {
    if (JSON.stringify(draft) === JSON.stringify(this.get(draft.room_id))) return;
    this.#drafts.set(draft.room_id, draft);
    this.#changed(draft.room_id);
  }

  /**
   * Whether the words in memory are newer than those in the database.
   * @param {string} roomId
   */
  #isAhead(roomId) {
    return this.#timers.has(roomId) || this.#unstored.has(roomId) || this.#taken.has(roomId);
  }

  /** @param {string} roomId */
  #writesIn(roomId) {
    return this.#writes.get(roomId) ?? 0;
  }
}
