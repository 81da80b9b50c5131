// Tells the server of drafts, for the user's other devices: two seconds after the last key, or at once when the words have gone, such as into a
// message; one call a room at a time, again after a failure.

import { areSame, wordsOf } from "./draft.js";

/** @typedef {import("./draft.js").Draft} Draft */
/** @typedef {import("./draft.js").Words} Words */

const TELL_AFTER_MS = 2_000; // without a key
const GONE_AFTER_MS = 100;
const RETRY_FIRST_MS = 5_000;
const RETRY_MAX_MS = 60_000;
const ECHOES_MAX = 20; // a room

export class DraftSync {
  #api;
  #environment;
  #connection;
  #isMine;
  #untold;
  #told;
  /** @type {Map<string, any>} */
  #timers = new Map();
  /** @type {Map<string, Words[]>} */
  #echoes = new Map(); // room_id → words of which the server will tell, since they were sent to it from here
  /** @type {Map<string, Words>} */
  #refused = new Map(); // room_id → words that the server does not take, such as too many
  /** @type {Map<string, number>} */
  #failures = new Map(); // room_id → calls that have failed since the last success: the server may have the words all the same
  #sending = new Set();
  #ends = new AbortController();

  /**
   * `told(roomId, draft, base)` hears that the server has `base` now, which are the words of `draft`.
   *
   * @param {object} options
   * @param {any} options.api @param {any} options.connection @param {any} options.environment
   * @param {() => boolean} options.isMine whether the user who is signed in is that of the drafts
   * @param {() => Draft[]} options.untold
   * @param {(roomId: string, words: Words, base: Words) => void} options.told
   */
  constructor({ api, connection, environment, isMine, untold, told }) {
    this.#api = api;
    this.#environment = environment;
    this.#connection = connection;
    this.#isMine = isMine;
    this.#untold = untold;
    this.#told = told;
    connection.addEventListener("welcome", () => void this.sendAll(), { signal: this.#ends.signal });
  }

  /** The user has changed a draft. */
  changed(/** @type {string} */ roomId) {
    const isGone = this.#untold().some((draft) => draft.room_id === roomId && !draft.content);
    this.#sendAfter(roomId, isGone ? GONE_AFTER_MS : TELL_AFTER_MS);
  }

  /** Sends all that the server does not know yet. */
  async sendAll() {
    await Promise.all(this.#untold().map((draft) => this.#send(draft.room_id)));
  }

  /** Whether the server tells of words that were sent from here; each is told once. */
  isEcho(/** @type {string} */ roomId, /** @type {Words} */ words) {
    const echoes = this.#echoes.get(roomId) ?? [];
    const at = echoes.findIndex((echo) => areSame(echo, words));
    if (at >= 0) echoes.splice(at, 1);
    return at >= 0;
  }

  /** Whether the server may have other words than it has told. */
  isUnsure(/** @type {string} */ roomId) {
    return this.#sending.has(roomId) || this.#failures.has(roomId);
  }

  stop() {
    this.#ends.abort();
    for (const timer of this.#timers.values()) this.#environment.clearTimeout(timer);
  }

  get #maySend() {
    return !this.#ends.signal.aborted && this.#connection.isOnline && this.#isMine();
  }

  /** @param {string} roomId @param {number} delayMs */
  #sendAfter(roomId, delayMs) {
    this.#environment.clearTimeout(this.#timers.get(roomId));
    this.#timers.set(
      roomId,
      this.#environment.setTimeout(() => void this.#send(roomId), delayMs),
    );
  }

  /** @param {string} roomId */
  async #send(roomId) {
    this.#environment.clearTimeout(this.#timers.get(roomId));
    const draft = this.#untold().find((candidate) => candidate.room_id === roomId);
    const refused = this.#refused.get(roomId);
    if (!draft || this.#sending.has(roomId) || !this.#maySend || (refused && areSame(refused, draft))) return;
    const words = wordsOf(draft);
    const base = words.content ? words : wordsOf(null);
    this.#sending.add(roomId);
    this.#echoes.set(roomId, [...(this.#echoes.get(roomId) ?? []), base].slice(-ECHOES_MAX));
    let retryMs = TELL_AFTER_MS;
    try {
      if (base.content) await this.#api.putDraft(roomId, base);
      else await this.#api.deleteDraft(roomId);
      this.#failures.delete(roomId);
      this.#sending.delete(roomId);
      this.#told(roomId, words, base);
    } catch (/** @type {any} */ problem) {
      this.isEcho(roomId, base);
      retryMs = this.#failed(roomId, words, problem);
    }
    this.#sending.delete(roomId);
    if (this.#untold().some((candidate) => candidate.room_id === roomId)) this.#sendAfter(roomId, retryMs);
  }

  /**
   * Returns when to try again.
   *
   * @param {string} roomId @param {Words} words @param {any} problem
   */
  #failed(roomId, words, problem) {
    if (problem.isTransient === false) this.#refused.set(roomId, words); // until the user changes them
    const failures = (this.#failures.get(roomId) ?? 0) + 1;
    this.#failures.set(roomId, failures);
    return problem.retryAfterMs ?? Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** (failures - 1));
  }
}
