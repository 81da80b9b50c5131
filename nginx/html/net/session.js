// What all kinds of session share: one access token, kept fresh.

import { Problem } from "./http.js";

/** @typedef {import("./environment.js").Environment} Environment */
/** @typedef {import("./types.js").Tokens} Tokens */

const REFRESH_BEFORE_EXPIRY_MS = 60_000; // browsers run the timers of background tabs only once a minute
const LIFETIME_S = 900; // if the server names none

/** Emits `ended` when the server rejects the session. A kind of session says how it gets tokens: `renew`. */
export class Session extends EventTarget {
  /** @type {string|null} */
  #token = null;
  #expiresAt = 0;
  #refreshAt = 0;
  /** @type {Promise<string>|null} */
  #refreshing = null;

  /** @param {Environment} environment */
  constructor(environment) {
    super();
    /** @protected */
    this.environment = environment;
  }

  /** Whether there is an access token, expired or not. */
  get isSignedIn() {
    return this.#token !== null;
  }

  /** The access token, expired or not. A caller compares it later to see whether it was refreshed in the meantime. */
  get currentToken() {
    return this.#token;
  }

  /** When the access token should be refreshed, in milliseconds since the epoch. */
  get refreshAt() {
    return this.#refreshAt;
  }

  /** Continues the session of an earlier visit; false if there is none. Throws if the server cannot be reached. */
  async restore() {
    try {
      await this.refresh();
      return true;
    } catch (problem) {
      if (isRejection(problem)) return false;
      throw problem;
    }
  }

  /**
   * An access token that has not expired; refreshes it first if it is about to.
   * @returns {Promise<string>}
   */
  async token() {
    const { now } = this.environment;
    if (this.#token && now() < this.#refreshAt) return this.#token;
    try {
      return await this.refresh();
    } catch (problem) {
      // The old token is still valid, unless the server said no, which has cleared it: a transient failure to refresh it early does no harm.
      if (this.#token && now() < this.#expiresAt) return this.#token;
      throw problem;
    }
  }

  /**
   * Gets a new token; concurrent callers share one request.
   * @returns {Promise<string>}
   */
  refresh() {
    this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = null));
    return this.#refreshing;
  }

  async #refresh() {
    try {
      const tokens = await this.renew();
      if (tokens === null) throw new Problem({ status: 401, code: "unauthenticated", detail: "Sign in first." });
      return this.accept(tokens).access_token;
    } catch (problem) {
      if (isRejection(problem)) {
        const wasSignedIn = this.isSignedIn;
        this.clear();
        if (wasSignedIn) this.dispatchEvent(new Event("ended"));
      }
      throw problem;
    }
  }

  /**
   * Gets new tokens; null if there is no session to go on with.
   *
   * @protected
   * @returns {Promise<Tokens|null>}
   */
  renew() {
    return Promise.resolve(null);
  }

  /**
   * Uses these tokens from now on, and returns them.
   *
   * @protected
   * @param {Tokens} tokens
   */
  accept(tokens) {
    if (!tokens?.access_token) throw new Problem({ status: 502, detail: "The server's response has no access token." });
    // Measured by the local clock: `exp` in the token follows the server's clock, which may differ.
    const lifetimeMs = (tokens.expires_in ?? LIFETIME_S) * 1000;
    this.#token = tokens.access_token;
    this.#expiresAt = this.environment.now() + lifetimeMs;
    this.#refreshAt = this.#expiresAt - Math.min(REFRESH_BEFORE_EXPIRY_MS, lifetimeMs / 4);
    return tokens;
  }

  /** @protected */
  clear() {
    this.#token = null;
    this.#expiresAt = this.#refreshAt = 0;
  }
}

/**
 * Whether the server said no, so that asking again is of no use.
 *
 * @param {unknown} problem
 * @returns {problem is Problem}
 */
export function isRejection(problem) {
  return problem instanceof Problem && !problem.isTransient;
}
