// Keeps what the user has written and not sent, one draft a room: on this device within moments, and on the server for their other devices.

import { accepted, areSame, dismissed, hasUntold, isEmpty, joined, merged, wordsOf, written } from "./draft.js";
import { DraftRecords } from "./draft-records.js";
import { DraftSync } from "./draft-sync.js";

/** @typedef {import("./database.js").Transaction} Transaction */
/** @typedef {import("./draft.js").Draft} Draft */
/** @typedef {import("./draft.js").Words} Words */
/** @typedef {import("./unsent-message.js").UnsentMessage} UnsentMessage */

/**
 * A draft is `{content, reply_to, edit: {seq, content}|null}`. It survives a reload, a crash and the session's end; all tabs of an account
 * have the same.
 *
 * Topic of `changes`: `draft:<room_id>`, with `{from}`: `here`, or `elsewhere` if another tab or device has written or offers other words.
 */
export class Drafts {
  tables = ["drafts"]; // as a source of the outbox
  #changes;
  #records;
  #sync;
  /** @type {string|null} */
  #focused = null; // the room whose composer has the focus: nobody else changes its words

  /**
   * @param {object} options
   * @param {import("./database.js").Database} options.database of this account
   * @param {any} options.api @param {any} options.connection @param {any} options.store
   * @param {{tell: (topic: string, delta: object) => void}} options.changes
   * @param {any} [options.channel] a BroadcastChannel between the tabs of this account
   * @param {any} options.environment @param {string} [options.userId]
   */
  constructor({ database, api, connection, store, changes, channel = null, environment, userId = store.me.user_id }) {
    this.#changes = changes;
    this.#records = new DraftRecords({
      database,
      environment,
      channel,
      changed: (roomId) => this.#tell(roomId, "elsewhere"),
      isHeld: (roomId) => this.#focused === roomId,
    });
    this.#sync = new DraftSync({
      api,
      environment,
      connection,
      isMine: () => store.me?.user_id === userId,
      untold: () => this.#records.all.filter((draft) => draft.is_untold),
      told: (roomId, words, base) => this.#told(roomId, words, base),
    });
  }

  /** Loads the drafts of earlier visits. */
  async restore() {
    await this.#records.load();
    this.#sync.sendAll();
  }

  /** The rooms in which something is written and not sent. */
  get rooms() {
    return this.#records.all.filter((draft) => !isEmpty(draft) || draft.edit).map((draft) => draft.room_id);
  }

  /** Asked before the tab is closed: whether words are in the memory of this tab only. */
  get hasUnstored() {
    return this.#records.hasUnstored;
  }

  /** Asked before sign-out: whether the server does not know all words, which would go with the data of this device. */
  get hasUntold() {
    return this.#records.all.some(hasUntold);
  }

  /** @param {string} roomId @returns {{content: string, reply_to: number|null, edit: {seq: number, content: string}|null}} */
  get(roomId) {
    const { content, reply_to, edit } = this.#records.get(roomId);
    return { content, reply_to, edit };
  }

  // The user has written.
  /** @param {string} roomId @param {{content: string, reply_to?: number|null, edit?: Draft["edit"]}} draft */
  set(roomId, { content, reply_to = null, edit = null }) {
    const before = this.#records.get(roomId);
    const after = written(before, { content, reply_to }, edit, this.#sync.isUnsure(roomId));
    if (JSON.stringify(before) === JSON.stringify(after)) return;
    this.#records.set(after);
    this.#records.storeSoon(roomId);
    this.#tell(roomId, "here");
    if (!areSame(before, after)) this.#sync.changed(roomId);
  }

  /** Forgets the words, and the edit that is under way. */
  clear(/** @type {string} */ roomId) {
    this.set(roomId, { content: "" });
    return this.#records.store(roomId);
  }

  /** Stores now what is not stored yet, and tells the server: the page goes, or the user signs out. */
  async flush() {
    await Promise.all([this.#records.storeWaiting(), this.#sync.sendAll()]);
  }

  /** Says which room's composer has the focus, if any. */
  setFocused(/** @type {string|null} */ roomId) {
    const left = this.#focused;
    this.#focused = roomId;
    if (left && left !== roomId && this.offered(left) && !this.#records.get(left).is_untold) this.accept(left);
  }

  // ---- other devices ----

  /** The server tells that a draft is now `words`; null if there is none any more. */
  arrived(/** @type {string} */ roomId, /** @type {Partial<Words>|null} */ words) {
    const theirs = wordsOf(words);
    if (this.#sync.isEcho(roomId, theirs)) return;
    const isHeld = this.#focused === roomId;
    this.#records.revise(roomId, (draft) => merged(draft, theirs, isHeld));
  }

  /**
   * Takes the drafts of `/sync`. `isSameHistory` is false if the server has lost events, since a backup was put back: then it may have lost
   * drafts as well, and those here stand.
   *
   * @param {{room_id: string, me?: any}[]} rooms @param {{isSameHistory?: boolean}} options
   */
  load(rooms, { isSameHistory = true } = {}) {
    for (const { room_id: roomId, me } of rooms) {
      if (!me || !("draft" in me)) continue;
      if (!isSameHistory) this.#records.revise(roomId, (draft) => ({ ...draft, is_untold: draft.is_untold || !isEmpty(draft) }));
      this.arrived(roomId, me.draft);
    }
    this.#sync.sendAll();
  }

  /** The words of another device that were not put over those here; null if there are none. */
  offered(/** @type {string} */ roomId) {
    return this.#records.get(roomId).offered;
  }

  /** Takes the words that are offered, instead of those here. */
  accept(/** @type {string} */ roomId) {
    this.#become(accepted(this.#records.get(roomId)));
    this.#sync.changed(roomId);
  }

  /** Keeps the words here, and tells the server of them. */
  dismiss(/** @type {string} */ roomId) {
    this.#become(dismissed(this.#records.get(roomId)));
    this.#sync.changed(roomId);
  }

  /** Stops; what is written stays in the database. Done once it is there. */
  stop() {
    this.#sync.stop();
    return this.#records.stop();
  }

  // ---- as a source of the outbox ----

  // The words have become a message.
  /** @param {string} roomId */
  take(roomId) {
    this.set(roomId, { content: "", edit: this.#records.get(roomId).edit });
    return this.#records.take(roomId);
  }

  /** @param {UnsentMessage} message @param {Transaction} transaction */
  writeBack(message, transaction) {
    const roomId = message.room_id;
    return this.#records.write(roomId, transaction, joined(this.#records.get(roomId), message));
  }

  /** @param {UnsentMessage} message */
  gaveBack(message) {
    this.#become(joined(this.#records.get(message.room_id), message));
    this.#sync.changed(message.room_id);
  }

  // ---- changes ----

  /** @param {Draft} draft */
  #become(draft) {
    const roomId = draft.room_id;
    if (JSON.stringify(draft) === JSON.stringify(this.#records.get(roomId))) return;
    this.#records.set(draft);
    this.#tell(roomId, "elsewhere");
    this.#records.store(roomId);
  }

  // The server has `base` now.
  /** @param {string} roomId @param {Words} words @param {Words} base */
  #told(roomId, words, base) {
    this.#records.revise(roomId, (draft) => ({ ...draft, base, is_untold: draft.is_untold && !areSame(draft, words) }));
  }

  /** @param {string} roomId @param {"here"|"elsewhere"} from */
  #tell(roomId, from) {
    this.#changes.tell(`draft:${roomId}`, { from });
  }
}
