// Detects a dead connection: pings after a silence, and reports it if no frame follows.

/** @typedef {import("./environment.js").Environment} Environment */

const PONG_WITHIN_MS = 6_000; // with the 3 s after which an unanswered command pings: a cut is noticed before the command's own 10 s
const SILENCE_MS = 25_000; // if the server names no heartbeat

/** Scripts see neither the server's pings nor a connection that died silently, so the client sends pings of its own. */
export class Heartbeat {
  #environment;
  #sendPing;
  #onDead;
  #silenceMs = SILENCE_MS;
  #receivedAt = 0;
  #pingedAt = 0;
  #awaitsPong = false;
  #isRunning = false;
  /** @type {any} */
  #timer = 0;

  /** @param {{environment: Environment, sendPing: () => void, onDead: () => void}} options */
  constructor({ environment, sendPing, onDead }) {
    this.#environment = environment;
    this.#sendPing = sendPing;
    this.#onDead = onDead;
  }

  /** @param {number} [silenceMs] how long no frame may arrive before a ping is sent */
  start(silenceMs = SILENCE_MS) {
    this.#silenceMs = silenceMs;
    this.#receivedAt = this.#environment.now();
    this.#awaitsPong = false;
    this.#isRunning = true;
    this.#schedule();
  }

  stop() {
    this.#isRunning = this.#awaitsPong = false;
    this.#environment.clearTimeout(this.#timer);
  }

  /** Any frame proves that the connection lives. */
  received() {
    this.#receivedAt = this.#environment.now();
    this.#awaitsPong = false;
  }

  /** Pings now, unless an earlier ping is unanswered. */
  ping() {
    if (!this.#isRunning || this.#awaitsPong) return;
    this.#awaitsPong = true;
    this.#pingedAt = this.#environment.now();
    this.#sendPing();
    this.#schedule();
  }

  // A frame that arrives does not move the timer: that would be work for each frame. It is looked at when it fires.
  #schedule() {
    this.#environment.clearTimeout(this.#timer);
    this.#timer = this.#environment.setTimeout(() => this.#check(), Math.max(0, this.#due - this.#environment.now()));
  }

  get #due() {
    return this.#awaitsPong ? this.#pingedAt + PONG_WITHIN_MS : this.#receivedAt + this.#silenceMs;
  }

  #check() {
    if (this.#environment.now() < this.#due) this.#schedule();
    else if (this.#awaitsPong) this.#onDead();
    else this.ping();
  }
}
