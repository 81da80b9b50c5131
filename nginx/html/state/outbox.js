// Sends messages one after another until the server accepts or refuses each, across reconnections, reloads and tabs, under one client_id each.

import { OutboxSender } from "./outbox-sender.js";
import { newMessage } from "./unsent-message.js";
import { UnsentMessages } from "./unsent-messages.js";

/** @typedef {import("./unsent-message.js").UnsentMessage} UnsentMessage */
/** @typedef {import("./unsent-message.js").Source} Source */

/**
 * A message is stored before it is sent for the first time, and until the server has confirmed it. Any tab that is online sends; the lock lets
 * one at a time. Nothing is lost or doubled if a tab ends at any moment, since the server stores each client_id once.
 *
 * Topic of `changes`: `unsent:<room_id>`, with `{client_id, what}`: `added`, `changed`, `removed`.
 */
export class Outbox {
  #database;
  #environment;
  #unsent;
  #sender;
  #ends = new AbortController(); // ends all listeners

  /**
   * @param {object} options
   * @param {import("./database.js").Database} options.database of this account
   * @param {any} options.connection @param {any} options.store @param {{tell: (topic: string, delta: object) => void}} options.changes
   * @param {any} [options.channel] a BroadcastChannel between the tabs of this account
   * @param {any} options.environment
   * @param {(name: string, work: () => Promise<any>) => Promise<any>} [options.lock]
   * @param {string} [options.userId]
   */
  constructor({ database, connection, store, changes, channel = null, environment, lock = environment.lock, userId = store.me.user_id }) {
    this.#database = database;
    this.#environment = environment;
    this.#unsent = new UnsentMessages({
      database,
      channel,
      tell: ({ room_id: roomId, client_id: clientId }, what) => changes.tell(`unsent:${roomId}`, { client_id: clientId, what }),
    });
    this.#sender = new OutboxSender({ unsent: this.#unsent, connection, store, lock, environment, userId });
    const { signal } = this.#ends;
    const send = () => void this.#sender.run();
    connection.addEventListener(
      "welcome",
      (/** @type {any} */ { detail }) => {
        this.#sender.isMine = (detail?.user?.user_id ?? userId) === userId;
        send();
      },
      { signal },
    );
    channel?.addEventListener(
      "message",
      (/** @type {any} */ { data }) => {
        if (data?.unsent) this.#unsent.load().then(send);
      },
      { signal },
    );
    environment.signals?.addEventListener("wake", send, { signal });
    const unlisten = database.onFailure(({ reason }) => void (reason === "emptied" && this.#unsent.storeAgain()));
    signal.addEventListener("abort", unlisten);
  }

  /** Loads what an earlier visit, or another tab, has left, and sends it. */
  async restore() {
    await this.#unsent.load();
    this.#sender.run();
  }

  /** The unsent messages of a room, in the order in which they were written. */
  messagesIn(/** @type {string} */ roomId) {
    return this.#unsent.all.filter((message) => message.room_id === roomId);
  }

  /** How many messages the server has not confirmed; asked before sign-out. */
  get count() {
    return this.#unsent.all.length;
  }

  /** How many of them wait to be sent; the others have failed. */
  get waiting() {
    return this.#unsent.all.filter(({ state }) => state === "pending").length;
  }

  /** Asked before the tab is closed: whether a message is in the memory of this tab only. */
  get hasUnstored() {
    return this.#unsent.all.some((message) => !message.is_stored || !this.#database.isDurable);
  }

  /**
   * Sends a message. `attachments`: files that have been uploaded. `takenFrom`: the drafts and uploads of the composer, whose words and files
   * become the message in one step, so that they are in one of the two places whenever this tab ends.
   *
   * @param {string} roomId @param {string} content
   * @param {{replyTo?: number|null, attachments?: any[], takenFrom?: Source[]}} options
   * @returns {Promise<boolean>} whether it is stored; if not, it is sent all the same
   */
  async add(roomId, content, { replyTo = null, attachments = [], takenFrom = [] } = {}) {
    const isStored = this.#unsent.insert(newMessage(this.#environment, { roomId, content, replyTo, attachments }), takenFrom);
    isStored.then(() => this.#sender.run());
    return isStored;
  }

  /** Sends a failed message again under the same client_id: if the first try arrived after all, the server does not store it twice. */
  async retry(/** @type {string} */ clientId) {
    await this.#unsent.update(clientId, { state: "pending", error: null, code: null, tries: 0, not_before: 0 });
    this.#sender.run();
  }

  /** Forgets a message that the user does not want to send any more. */
  discard(/** @type {string} */ clientId) {
    return this.#unsent.remove(clientId);
  }

  /** Gives a message that failed back to the composer: `into` are its drafts and uploads. False if it is not here any more. */
  takeBack(/** @type {string} */ clientId, /** @type {Source[]} */ into) {
    return this.#unsent.giveBack(clientId, into);
  }

  /**
   * The server has told of a message of this user.
   *
   * @param {{client_id?: string|null}} message
   */
  confirmed({ client_id: clientId }) {
    return clientId ? this.#unsent.remove(clientId) : Promise.resolve();
  }

  /** Sends nothing more. What is unsent stays in the database, for the next visit of this user. */
  stop() {
    this.#ends.abort();
    this.#sender.stop();
  }

  /** Forgets all, if the user wishes so at sign-out. */
  async clear() {
    await this.#unsent.load();
    await Promise.all(this.#unsent.all.map(({ client_id: clientId }) => this.#unsent.remove(clientId)));
  }
}
