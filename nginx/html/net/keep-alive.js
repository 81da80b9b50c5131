// What keeps an open connection alive: pings, which also notice that it is dead, and fresh tokens.

/** @typedef {import("./environment.js").Environment} Environment */

const PONG_WITHIN_MS = 6_000; // with the 3 s after which an unanswered command pings: a cut is noticed before the command's own 10 s
const SILENCE_MS = 25_000; // if the server names no heartbeat
const RENEWAL_SOONEST_MS = 1_000;
const RENEWAL_SLACK_MS = 100; // so that the session's own clock has surely passed `refreshAt`

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

/** Gives the connection a fresh token in time, which avoids a close with 4009 and a reconnection. */
export class TokenRenewal {
  #environment;
  #session;
  #authenticate;
  /** @type {any} */
  #timer = 0;
  #generation = 0; // rises with each start and stop, so that a renewal that was under way does not go on

  /**
   * @param {{environment: Environment, session: {token: () => Promise<string>, refreshAt: number},
   *   authenticate: (token: string) => Promise<any>}} options
   */
  constructor({ environment, session, authenticate }) {
    this.#environment = environment;
    this.#session = session;
    this.#authenticate = authenticate;
  }

  start() {
    this.stop();
    this.#schedule(this.#generation);
  }

  stop() {
    this.#generation += 1;
    this.#environment.clearTimeout(this.#timer);
  }

  /** @param {number} generation */
  #schedule(generation) {
    const delayMs = Math.max(RENEWAL_SOONEST_MS, this.#session.refreshAt - this.#environment.now() + RENEWAL_SLACK_MS);
    this.#timer = this.#environment.setTimeout(() => this.#renew(generation), delayMs);
  }

  /** @param {number} generation */
  async #renew(generation) {
    try {
      const token = await this.#session.token();
      if (generation !== this.#generation) return;
      await this.#authenticate(token);
      if (generation === this.#generation) this.#schedule(generation);
    } catch {
      // The server closes with 4009 when the token expires, and `afterClose` handles that.
    }
  }
}
