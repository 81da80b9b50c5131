// Keeps one person signed in: the access token in memory only, the refresh token in a cookie that no script can read.

import { Problem, fetchJSON } from "./http.js";
import { oneTabAtATime } from "./one-tab.js";

const RENEW_BEFORE_MS = 60_000; // background tabs run their timers only once a minute

/** Emits `ended` when the server no longer knows the session. */
export class Session extends EventTarget {
  #base;
  #token = null;
  #expiresAt = 0;
  #renewAt = 0;
  #renewing = null;

  constructor(base) {
    super();
    this.#base = new URL("auth/", base);
  }

  get signedIn() {
    return this.#token !== null;
  }

  /** The token in hand, fresh or not: to tell afterwards whether someone has renewed it meanwhile. */
  get current() {
    return this.#token;
  }

  get renewAt() {
    return this.#renewAt;
  }

  async register(account) {
    return this.#accept(await this.#post("register", { ...account, refresh: "cookie" }));
  }

  async login(credentials) {
    return this.#accept(await this.#post("login", { ...credentials, refresh: "cookie" }));
  }

  /** Takes up the session of an earlier visit; false when there is none. Throws when the server cannot say. */
  async restore() {
    try {
      await this.renew();
      return true;
    } catch (problem) {
      if (isOver(problem)) return false;
      throw problem;
    }
  }

  /** A token good for a while yet. */
  async token() {
    if (this.#token && Date.now() < this.#renewAt) return this.#token;
    try {
      return await this.renew();
    } catch (problem) {
      // Early renewal is a courtesy: while the old token lives, a passing failure need not be felt.
      if (problem.isPassing && this.#token && Date.now() < this.#expiresAt) return this.#token;
      throw problem;
    }
  }

  /** Asks for a new pair; callers who ask meanwhile share the answer. */
  renew() {
    this.#renewing ??= this.#renew().finally(() => (this.#renewing = null));
    return this.#renewing;
  }

  async logout() {
    try {
      await oneTabAtATime("echochat-refresh", () => this.#post("logout", {}));
    } catch (problem) {
      if (!isOver(problem)) throw problem; // still signed in, and the page must not claim otherwise
    }
    this.#forget();
  }

  async #renew() {
    try {
      const answer = await oneTabAtATime("echochat-refresh", () => this.#post("refresh", {}));
      this.#accept(answer);
      return this.#token;
    } catch (problem) {
      if (isOver(problem)) {
        const wasSignedIn = this.signedIn;
        this.#forget();
        if (wasSignedIn) this.dispatchEvent(new Event("ended"));
      }
      throw problem;
    }
  }

  #post(path, body) {
    const headers = { "X-EchoChat": "1" }; // a foreign site's form cannot set it, so it cannot spend our cookie
    if (path === "logout" && this.#token) headers.Authorization = `Bearer ${this.#token}`;
    return fetchJSON("POST", new URL(path, this.#base), { body, headers });
  }

  #accept(answer) {
    if (!answer?.access_token) throw new Problem({ status: 502, detail: "The server's answer bears no access token." });
    // By our own clock from now on: the `exp` in the token is by the server's, which may differ.
    const lifetimeMs = (answer.expires_in ?? 900) * 1000;
    this.#token = answer.access_token;
    this.#expiresAt = Date.now() + lifetimeMs;
    this.#renewAt = this.#expiresAt - Math.min(RENEW_BEFORE_MS, lifetimeMs / 4);
    return answer;
  }

  #forget() {
    this.#token = null;
    this.#expiresAt = this.#renewAt = 0;
  }
}

function isOver(problem) {
  return problem instanceof Problem && !problem.isPassing;
}
