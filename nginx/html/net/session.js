// Keeps one user signed in: the access token in memory, the refresh token in a cookie that no script can read.

import { withCrossTabLock } from "./cross-tab-lock.js";
import { Problem, fetchJSON } from "./http.js";

const REFRESH_BEFORE_EXPIRY_MS = 60_000; // browsers run the timers of background tabs only once a minute

/** Emits `ended` when the server rejects the session. */
export class Session extends EventTarget {
  #base;
  #serviceURL;
  #token = null;
  #expiresAt = 0;
  #refreshAt = 0;
  #refreshing = null;

  constructor(base) {
    super();
    this.#base = new URL("auth/", base);
    this.#serviceURL = new URL(String(base).replace(/\/$/, ""));
  }

  /** The answer of `GET /api/v1`, such as `{registration, mail}`: who may register, and whether the site sends mails. */
  async service() {
    return fetchJSON("GET", this.#serviceURL);
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

  /** Signs up and in: `{username, password, email?, display_name?, registration_code?}`. Returns the answer, with `user`. */
  async register(account) {
    return this.#accept(await this.#post("register", { ...account, refresh: "cookie" }));
  }

  /** Signs in: `{username, password}`, where the username may be the e-mail address. Returns the answer, with `user`. */
  async login(credentials) {
    return this.#accept(await this.#post("login", { ...credentials, refresh: "cookie" }));
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

  /** An access token that has not expired; refreshes it first if it is about to. */
  async token() {
    if (this.#token && Date.now() < this.#refreshAt) return this.#token;
    try {
      return await this.refresh();
    } catch (problem) {
      // The old token is still valid: a transient failure to refresh it early does no harm.
      if (problem.isTransient && this.#token && Date.now() < this.#expiresAt) return this.#token;
      throw problem;
    }
  }

  /** Gets a new pair of tokens; concurrent callers share one request. */
  refresh() {
    this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = null));
    return this.#refreshing;
  }

  /** Ends the session, in all tabs. Throws a Problem if the server could not be told: the user is then still signed in. */
  async logout() {
    try {
      await withCrossTabLock("echochat-refresh", () => this.#post("logout", {}));
    } catch (problem) {
      if (!isRejection(problem)) throw problem; // the user is still signed in, and the page must not claim otherwise
    }
    this.#clear();
  }

  async #refresh() {
    try {
      const tokens = await withCrossTabLock("echochat-refresh", () => this.#post("refresh"));
      if (tokens === null) throw new Problem({ status: 401, code: "unauthenticated", detail: "Sign in first." }); // there is no cookie
      this.#accept(tokens);
      return this.#token;
    } catch (problem) {
      if (isRejection(problem)) {
        const wasSignedIn = this.isSignedIn;
        this.#clear();
        if (wasSignedIn) this.dispatchEvent(new Event("ended"));
      }
      throw problem;
    }
  }

  #post(path, body) {
    const headers = { "X-EchoChat": "1" }; // a form of another site cannot set it, so it cannot use our cookie
    if (path === "logout" && this.#token) headers.Authorization = `Bearer ${this.#token}`;
    return fetchJSON("POST", new URL(path, this.#base), { body, headers });
  }

  #accept(tokens) {
    if (!tokens?.access_token) throw new Problem({ status: 502, detail: "The server's response has no access token." });
    // Measured by the local clock: `exp` in the token follows the server's clock, which may differ.
    const lifetimeMs = (tokens.expires_in ?? 900) * 1000;
    this.#token = tokens.access_token;
    this.#expiresAt = Date.now() + lifetimeMs;
    this.#refreshAt = this.#expiresAt - Math.min(REFRESH_BEFORE_EXPIRY_MS, lifetimeMs / 4);
    return tokens;
  }

  #clear() {
    this.#token = null;
    this.#expiresAt = this.#refreshAt = 0;
  }
}

function isRejection(problem) {
  return problem instanceof Problem && !problem.isTransient;
}
