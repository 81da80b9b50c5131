// Detects a dead connection: pings after a silence, and reports it if no frame follows.

const CHECK_EVERY_MS = 5_000;
const PONG_WITHIN_MS = 10_000;
const SILENCE_MS = 25_000; // if the server names no heartbeat

/** Scripts see neither the server's pings nor a connection that died silently, so the page sends pings of its own. */
export class Heartbeat {
  #sendPing;
  #onDead;
  #silenceMs = SILENCE_MS;
  #receivedAt = 0;
  #pingedAt = 0;
  #timer = 0;

  constructor({ sendPing, onDead }) {
    this.#sendPing = sendPing;
    this.#onDead = onDead;
  }

  /** `silenceMs`: how long no frame may arrive before a ping is sent. */
  start(silenceMs) {
    this.#silenceMs = silenceMs ?? SILENCE_MS;
    this.#timer = setInterval(() => this.#check(), CHECK_EVERY_MS);
  }

  stop() {
    clearInterval(this.#timer);
    this.#receivedAt = this.#pingedAt = 0;
  }

  /** Any frame proves that the connection lives. */
  received() {
    this.#receivedAt = Date.now();
  }

  /** Pings now, unless an earlier ping is unanswered. */
  ping() {
    if (this.#pingedAt > this.#receivedAt) return;
    this.#pingedAt = Date.now();
    this.#sendPing();
  }

  #check() {
    const now = Date.now();
    if (this.#pingedAt > this.#receivedAt) {
      if (now - this.#pingedAt > PONG_WITHIN_MS) this.#onDead();
    } else if (now - this.#receivedAt > this.#silenceMs) {
      this.ping();
    }
  }
}
