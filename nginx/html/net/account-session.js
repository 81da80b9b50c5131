// A session of an account of this site: it signs up, in and out by the server, which gives it pairs of tokens.

import { fetchJSON } from "./http.js";
import { isRejection, Session } from "./session.js";

/** @typedef {import("./environment.js").Environment} Environment */
/** @typedef {import("./types.js").Tokens} Tokens */

const LOCK = "echochat-refresh";

/**
 * How the server learns of the refresh token is what kinds differ in: `credentials` goes into the bodies of `register` and `login`, `renewal`
 * is the body of `refresh`, `headers` go with all three. They share the lock: one refresh at a time over all tabs.
 */
export class AccountSession extends Session {
  #base;
  #service;

  /**
   * @param {{base: URL, environment: Environment}} options
   */
  constructor({ base, environment }) {
    super(environment);
    this.#base = new URL("auth/", base);
    this.#service = new URL(String(base).replace(/\/$/, ""));
  }

  /**
   * What the site says of itself: `registration` is `open`, `invite` (a registration code is needed) or `closed`, `mail` whether it sends mails.
   * @returns {Promise<import("./types.js").Service>}
   */
  service() {
    return fetchJSON(this.environment, "GET", this.#service);
  }

  /**
   * Signs up and in. Returns the answer, with `user`.
   * @param {{username: string, password: string, email?: string, display_name?: string, registration_code?: string}} account
   */
  register(account) {
    return this.#begin("register", account);
  }

  /**
   * Signs in; the username may be the e-mail address. Returns the answer, with `user`.
   * @param {{username: string, password: string}} credentials
   */
  login(credentials) {
    return this.#begin("login", credentials);
  }

  /** Ends the session, in all tabs. Throws a Problem if the server could not be told: the user is then still signed in. */
  async logout() {
    try {
      await this.environment.lock(LOCK, () => this.end());
    } catch (problem) {
      if (!isRejection(problem)) throw problem; // the user is still signed in, and the page must not claim otherwise
    }
    await this.forget();
    this.clear();
  }

  /** @protected */
  renew() {
    return this.environment.lock(LOCK, async () => {
      const tokens = await this.post("refresh", await this.renewal());
      if (tokens) await this.keep(tokens);
      return tokens;
    });
  }

  /**
   * @param {string} path
   * @param {object} body
   * @returns {Promise<Tokens>}
   */
  async #begin(path, body) {
    const tokens = await this.post(path, { ...body, ...this.credentials });
    await this.keep(tokens);
    return this.accept(tokens);
  }

  /**
   * @protected
   * @param {string} path
   * @param {any} [body]
   * @param {Object<string, string>} [headers]
   */
  post(path, body, headers = {}) {
    return fetchJSON(this.environment, "POST", new URL(path, this.#base), { body, headers: { ...this.headers, ...headers } });
  }

  // ---- of the kinds ----

  /** @protected @returns {object} */
  get credentials() {
    return {};
  }

  /** @protected @returns {Object<string, string>} */
  get headers() {
    return {};
  }

  /**
   * Tells the server that the session ends.
   *
   * @protected
   * @returns {Promise<any>}
   */
  end() {
    return this.post("logout", undefined, this.currentToken ? { Authorization: `Bearer ${this.currentToken}` } : {});
  }

  /** @protected @returns {Promise<any>} */
  async renewal() {
    return undefined;
  }

  /**
   * Keeps what the next refresh needs.
   *
   * @protected
   * @param {Tokens} _tokens
   * @returns {Promise<void>}
   */
  async keep(_tokens) {}

  /**
   * Forgets it.
   *
   * @protected
   * @returns {Promise<void>}
   */
  async forget() {}
}

/**
 * The session of pages of the site and of their workers; all tabs of a browser share one. The access token is in memory, the refresh token in a
 * cookie that no script can read.
 */
export class CookieSession extends AccountSession {
  /** @protected */
  get credentials() {
    return { refresh: "cookie" };
  }

  /** @protected */
  get headers() {
    return { "X-EchoChat": "1" }; // a form of another site cannot set it, so it cannot use our cookie
  }
}
