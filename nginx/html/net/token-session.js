// The session of a program, or of a page of another origin: the caller keeps the refresh token.

import { AccountSession } from "./account-session.js";
import { Problem } from "./http.js";

/** @typedef {import("./environment.js").Environment} Environment */

/**
 * Where the refresh token is kept. `save(null)` is called when the session has ended; whoever reads the token can sign in as the user.
 * @typedef {{load: () => string|null|undefined|Promise<string|null|undefined>, save: (token: string|null) => void|Promise<void>}} Keep
 */

/** Refresh tokens rotate: each new one is saved before the access token that came with it is used. */
export class TokenSession extends AccountSession {
  #keep;

  /**
   * @param {{base: URL, environment: Environment, keep: Keep}} options
   */
  constructor({ base, environment, keep }) {
    super({ base, environment });
    this.#keep = keep;
  }

  /** @protected */
  async renew() {
    if (!(await this.#keep.load())) return null;
    try {
      return await super.renew();
    } catch (problem) {
      if (problem instanceof Problem && problem.status === 401) await this.forget();
      throw problem;
    }
  }

  /** By the refresh token: the access token may have expired. @protected */
  async end() {
    const token = await this.#keep.load();
    if (token) await this.post("revoke", { token });
  }

  /** @protected */
  async renewal() {
    return { refresh_token: await this.#keep.load() };
  }

  /**
   * @protected
   * @param {import("./types.js").Tokens} tokens
   */
  async keep(tokens) {
    if (!tokens.refresh_token) throw new Problem({ status: 502, detail: "The server's response has no refresh token." });
    await this.#keep.save(tokens.refresh_token);
  }

  /** @protected */
  async forget() {
    await this.#keep.save(null);
  }
}

/**
 * For `createClient`: the session of a program.
 *
 * @param {{keep: Keep}} options
 * @returns {(place: {base: URL, environment: Environment}) => TokenSession}
 */
export function tokenSession({ keep }) {
  return (place) => new TokenSession({ ...place, keep });
}
