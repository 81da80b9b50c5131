// The session of a user for whom a host application vouches: the application gives the tokens.

import { Problem, parse } from "./http.js";
import { Session } from "./session.js";

/** @typedef {import("./environment.js").Environment} Environment */

const LIFETIME_MIN_MS = 60_000; // also if the clocks disagree: the application is not asked with every request

/** `token` gets a token from the host application, or null if nobody is signed in there; when it throws, it is asked again later. */
export class HostSession extends Session {
  #source;

  /**
   * @param {{environment: Environment, token: () => Promise<string|null>|string|null}} options
   */
  constructor({ environment, token }) {
    super(environment);
    this.#source = token;
  }

  /** Forgets the token. Signing out is the host application's. */
  async logout() {
    this.clear();
  }

  /** @protected */
  async renew() {
    let token;
    try {
      token = await this.#source();
    } catch (error) {
      if (error instanceof Problem) throw error;
      throw new Problem({ code: "host", detail: `The application gave no token: ${error instanceof Error ? error.message : error}` });
    }
    if (!token) return null;
    return { access_token: token, expires_in: Math.max(LIFETIME_MIN_MS, expiry(token) - this.environment.now()) / 1000 };
  }
}

/**
 * For `createClient`: the session of a user of a host application.
 *
 * @param {{token: () => Promise<string|null>|string|null}} options
 * @returns {(place: {environment: Environment}) => HostSession}
 */
export function hostSession({ token }) {
  return ({ environment }) => new HostSession({ environment, token });
}

/**
 * When a JWT expires, in milliseconds since the epoch; 0 if it does not say.
 * @param {string} token
 */
function expiry(token) {
  const payload = (token.split(".")[1] ?? "").replace(/-/g, "+").replace(/_/g, "/");
  try {
    const seconds = parse(atob(payload))?.exp;
    return Number.isFinite(seconds) ? seconds * 1000 : 0;
  } catch {
    return 0;
  }
}
