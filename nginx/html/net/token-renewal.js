// Gives an open connection a fresh token in time, which avoids a close with 4009 and a reconnection.

/** @typedef {import("./environment.js").Environment} Environment */

const SOONEST_MS = 1_000;
const AFTER_REFRESH_MS = 100; // so that the session's own clock has surely passed `refreshAt`

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
    const delayMs = Math.max(SOONEST_MS, this.#session.refreshAt - this.#environment.now() + AFTER_REFRESH_MS);
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
