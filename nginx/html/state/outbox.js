// Sends messages one after another until each is accepted or refused, across reconnections, under one client_id each.

import { Problem, uuid } from "../net/client.js";

const UNANSWERED_MOST = 5; // timeouts and server errors, not waits that the server asked for
const RETRY_FIRST_MS = 1_000;

/** A message here is `{client_id, room_id, content, reply_to, state: "pending" | "failed", why, created_at}`. */
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

  in(roomId) {
    return this.#messages.filter((message) => message.room_id === roomId);
  }

  add(roomId, content, replyTo = null) {
    this.#messages.push({
      client_id: uuid(),
      room_id: roomId,
      content,
      reply_to: replyTo,
      state: "pending",
      why: null,
      tries: 0,
      created_at: new Date().toISOString(),
    });
    this.#changed(roomId);
    this.#drain();
  }

  /** Under the same client_id: should the first try have arrived after all, the server says so and stores nothing twice. */
  retry(clientId) {
    const message = this.#find(clientId);
    if (!message) return;
    Object.assign(message, { state: "pending", why: null, tries: 0 });
    this.#changed(message.room_id);
    this.#drain();
  }

  discard(clientId) {
    const message = this.#find(clientId);
    if (!message) return;
    this.#messages.splice(this.#messages.indexOf(message), 1);
    this.#changed(message.room_id);
  }

  /** What a closed tab left unsent; for this person only. */
  restore() {
    this.#messages = [];
    try {
      this.#messages = JSON.parse(sessionStorage.getItem(this.#key())) ?? [];
    } catch {
      // Unreadable or forbidden storage holds nothing for us.
    }
  }

  clear() {
    for (const { room_id: roomId } of this.#messages.splice(0)) this.#changed(roomId);
  }

  // One at a time: a refusal for the rate must hold back what was written after it, or the order is lost.
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
    const { room_id, content, client_id, reply_to } = message;
    try {
      const reply = await this.#connection.command("send_message", { room_id, content, client_id, ...(reply_to ? { reply_to } : {}) });
      this.discard(client_id);
      if (reply.message) this.#store.addMessage(reply.message);
    } catch (problem) {
      if (problem.code === "connection_lost") return;
      if (!(problem instanceof Problem) || !problem.isPassing) return this.#fail(message, problem);
      if (problem.status !== 429) message.tries += 1;
      if (message.tries >= UNANSWERED_MOST) return this.#fail(message, problem);
      await sleep(problem.retryAfterMs ?? RETRY_FIRST_MS * 2 ** message.tries);
    }
  }

  #fail(message, problem) {
    if (!this.#messages.includes(message)) return; // its own new_message has confirmed it meanwhile
    message.state = "failed";
    message.why = problem.sentence ?? problem.message;
    this.#changed(message.room_id);
  }

  #find(clientId) {
    return this.#messages.find(({ client_id }) => client_id === clientId);
  }

  #changed(roomId) {
    this.#store.touch(`room:${roomId}`);
    try {
      if (this.#messages.length) sessionStorage.setItem(this.#key(), JSON.stringify(this.#messages));
      else sessionStorage.removeItem(this.#key());
    } catch {
      // Without storage a reload forgets what was not sent yet; sending works all the same.
    }
  }

  #key() {
    return `echochat.outbox.${this.#store.me?.user_id}`;
  }
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
