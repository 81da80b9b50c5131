// Sends messages one after another until the server accepts or rejects each, across reconnections, under one client_id each.

import { Problem, errorText, uuid } from "../net/client.js";

const TRIES_MAX = 5; // timeouts and server errors count, waits for the rate limit do not
const RETRY_FIRST_MS = 1_000;

/** A message here is `{client_id, room_id, content, reply_to, attachments, state: "pending" | "failed", error, tries, created_at}`. */
export class Outbox {
  #connection;
  #store;
  #messages = [];
  #draining = false;

  constructor({ connection, store }) {
    this.#connection = connection;
    this.#store = store;
    connection.addEventListener("welcome", () => this.#drain());
  }

  /** The unsent messages of a room, in the order in which they were written. */
  messagesIn(roomId) {
    return this.#messages.filter((message) => message.room_id === roomId);
  }

  /** `attachments`: files that have been uploaded. */
  add(roomId, content, { replyTo = null, attachments = [] } = {}) {
    this.#messages.push({
      client_id: uuid(),
      room_id: roomId,
      content,
      reply_to: replyTo,
      attachments,
      state: "pending",
      error: null,
      tries: 0,
      created_at: new Date().toISOString(),
    });
    this.#changed(roomId);
    this.#drain();
  }

  /** Sends a failed message again under the same client_id: if the first try arrived after all, the server does not store it twice. */
  retry(clientId) {
    const message = this.#find(clientId);
    if (!message) return;
    Object.assign(message, { state: "pending", error: null, tries: 0 });
    this.#changed(message.room_id);
    this.#drain();
  }

  discard(clientId) {
    const message = this.#find(clientId);
    if (!message) return;
    this.#messages.splice(this.#messages.indexOf(message), 1);
    this.#changed(message.room_id);
  }

  /** Loads the unsent messages of this user that survived a reload of the tab. */
  restore() {
    this.#messages = [];
    try {
      this.#messages = JSON.parse(sessionStorage.getItem(this.#key())) ?? [];
    } catch {
      // Storage that is unreadable or forbidden counts as empty.
    }
  }

  clear() {
    for (const { room_id: roomId } of this.#messages.splice(0)) this.#changed(roomId);
  }

  // One at a time: when the rate limit rejects a message, those after it must wait to keep their order.
  async #drain() {
    if (this.#draining) return;
    this.#draining = true;
    try {
      for (;;) {
        const message = this.#messages.find(({ state }) => state === "pending");
        if (!message || !this.#connection.isOnline) return;
        await this.#send(message);
      }
    } finally {
      this.#draining = false;
    }
  }

  async #send(message) {
    const { room_id, content, client_id, reply_to, attachments = [] } = message;
    const data = { room_id, content, client_id, ...(reply_to ? { reply_to } : {}) };
    if (attachments.length) data.attachments = attachments.map(({ file_id: fileId }) => fileId);
    try {
      const reply = await this.#connection.command("send_message", data);
      this.discard(client_id);
      if (reply.message) this.#store.addMessage(reply.message);
    } catch (problem) {
      if (problem.code === "connection_lost") return;
      if (!(problem instanceof Problem) || !problem.isTransient) return this.#fail(message, problem);
      if (problem.status !== 429) message.tries += 1;
      if (message.tries >= TRIES_MAX) return this.#fail(message, problem);
      await sleep(problem.retryAfterMs ?? RETRY_FIRST_MS * 2 ** message.tries);
    }
  }

  #fail(message, problem) {
    if (!this.#messages.includes(message)) return; // its new_message event has confirmed it in the meantime
    message.state = "failed";
    message.error = errorText(problem);
    this.#changed(message.room_id);
  }

  #find(clientId) {
    return this.#messages.find(({ client_id }) => client_id === clientId);
  }

  #changed(roomId) {
    this.#store.notify(`room:${roomId}`);
    try {
      if (this.#messages.length) sessionStorage.setItem(this.#key(), JSON.stringify(this.#messages));
      else sessionStorage.removeItem(this.#key());
    } catch {
      // Without storage, unsent messages are lost on reload; sending still works.
    }
  }

  #key() {
    return `echochat.outbox.${this.#store.me?.user_id}`;
  }
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
