// Sends the unsent messages of one account in their order, one at a time over all tabs, until none is left or the connection is lost.

import { errorText } from "../net/client.js";

/** @typedef {import("./unsent-message.js").UnsentMessage} UnsentMessage */

const TRIES_MAX = 5; // timeouts and server errors count, waits for the rate limit do not
const RETRY_FIRST_MS = 1_000;
const RETRY_WAIT_MAX_MS = 60_000; // whatever the server asks for, and however this computer's clock was set meanwhile
const LOCK_PATIENCE_MS = 20_000; // for a tab that the browser has frozen while it held the lock
const FRAME_BYTES_MAX = 65_536; // if the server has not said its limit: it closes the connection for more, each time again
const ENVELOPE_BYTES = 100; // of a frame, around its data

export class OutboxSender {
  /** Whether the connection is this user's: another tab may have signed in as somebody else. */
  isMine = true;
  #unsent;
  #connection;
  #store;
  #lock;
  #environment;
  #userId;
  #isSending = false;
  #isAskedAgain = false;
  #isStopped = false;
  #endWait = () => {};

  /**
   * @param {object} options
   * @param {import("./unsent-messages.js").UnsentMessages} options.unsent
   * @param {any} options.connection @param {any} options.store
   * @param {(name: string, work: () => Promise<any>) => Promise<any>} options.lock
   * @param {any} options.environment @param {string} options.userId
   */
  constructor({ unsent, connection, store, lock, environment, userId }) {
    this.#unsent = unsent;
    this.#connection = connection;
    this.#store = store;
    this.#lock = lock;
    this.#environment = environment;
    this.#userId = userId;
  }

  stop() {
    this.#isStopped = true;
    this.#endWait();
  }

  get #maySend() {
    return !this.#isStopped && this.isMine && this.#connection.isOnline && this.#store.me?.user_id === this.#userId;
  }

  /** Sends what waits, as long as the connection is there. */
  async run() {
    this.#isAskedAgain = true;
    this.#endWait();
    if (this.#isSending) return;
    this.#isSending = true;
    try {
      while (this.#isAskedAgain) {
        this.#isAskedAgain = false;
        for (let waitMs = 0; waitMs !== Infinity && this.#maySend; ) {
          waitMs = await this.#inLock(() => this.#sendNext());
          if (waitMs > 0 && waitMs !== Infinity) await this.#wait(waitMs);
        }
      }
    } finally {
      this.#isSending = false;
    }
  }

  // One at a time: when the rate limit refuses a message, those after it must wait to keep their order.
  /** Returns how long to wait before the next message; Infinity if there is none, or if it waits for the connection. */
  async #sendNext() {
    await this.#unsent.load();
    const message = this.#unsent.next;
    if (!message || !this.#maySend) return Infinity;
    const waitMs = message.not_before - this.#environment.now();
    return waitMs > 0 ? Math.min(waitMs, RETRY_WAIT_MAX_MS) : this.#send(message);
  }

  /** @param {UnsentMessage} message */
  async #send(message) {
    const { room_id, content, client_id, reply_to, attachments = [] } = message;
    /** @type {any} */
    const data = { room_id, content, client_id, ...(reply_to ? { reply_to } : {}) };
    if (attachments.length) data.attachments = attachments.map(({ file_id: fileId }) => fileId);
    const bytes = new TextEncoder().encode(JSON.stringify(data)).length;
    if (bytes + ENVELOPE_BYTES > (this.#store.limits?.frame_bytes ?? FRAME_BYTES_MAX))
      return this.#fail(client_id, "too_long", "This message is too long.");
    let reply;
    try {
      reply = await this.#connection.command("send_message", data);
    } catch (problem) {
      return this.#refused(message, problem);
    }
    const isRemoved = this.#unsent.remove(client_id);
    if (reply.message && this.#store.me?.user_id === this.#userId) this.#store.addMessage(reply.message);
    await isRemoved;
    return 0;
  }

  /** @param {UnsentMessage} message @param {any} problem */
  async #refused(message, problem) {
    if (problem.code === "connection_lost" || problem.status === 401) {
      this.#isAskedAgain = false; // the next `welcome` goes on
      return Infinity;
    }
    if (!problem.isTransient) return this.#fail(message.client_id, problem.code, errorText(problem));
    const tries = message.tries + (problem.status === 429 ? 0 : 1);
    if (tries >= TRIES_MAX) return this.#fail(message.client_id, problem.code, errorText(problem));
    const waitMs = Math.min(problem.retryAfterMs ?? RETRY_FIRST_MS * 2 ** tries, RETRY_WAIT_MAX_MS);
    await this.#unsent.update(message.client_id, { tries, not_before: this.#environment.now() + waitMs }); // other tabs wait as well
    return waitMs;
  }

  /** @param {string} clientId @param {string|null} code @param {string} error */
  async #fail(clientId, code, error) {
    await this.#unsent.update(clientId, { state: "failed", code: code ?? null, error });
    return 0;
  }

  /** @param {number} ms @returns {Promise<void>} */
  #wait(ms) {
    return new Promise((resolve) => {
      const timer = this.#environment.setTimeout(() => this.#endWait(), ms);
      this.#endWait = () => {
        this.#environment.clearTimeout(timer);
        this.#endWait = () => {};
        resolve();
      };
    });
  }

  /**
   * Runs `work` under the lock; without it if a tab that never lets go has it, or the lock itself fails.
   *
   * @param {() => Promise<number>} work @returns {Promise<number>}
   */
  #inLock(work) {
    return new Promise((resolve) => {
      let hasBegun = false;
      const begin = async () => {
        if (hasBegun) return;
        hasBegun = true;
        this.#environment.clearTimeout(timer);
        resolve(await work().catch(() => Infinity));
      };
      const timer = this.#environment.setTimeout(begin, LOCK_PATIENCE_MS);
      this.#lock(`echochat-outbox-${this.#userId}`, begin).catch(begin);
    });
  }
}
