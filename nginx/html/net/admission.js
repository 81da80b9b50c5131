// Decides when the next connection is opened and with which token; when handshakes fail, finds out what it is: the token, the network or a
// refusal.

import { fetchJSON, Problem } from "./http.js";
import { afterClose, afterProblem } from "./reconnect.js";

/** @typedef {import("./reconnect.js").NextStep} NextStep */

const FAILURES_BEFORE_REFRESH = 2;

export class Admission {
  #environment;
  #session;
  #url;
  #attempt = 0; // since the connection was last stable
  #failures = 0; // handshakes in a row that brought no welcome
  #isExpired = false; // the next handshake needs a new token
  /** @type {string|null} */
  #refusal = null; // why the server lets nobody in, once that is known

  /**
   * @param {{environment: import("./environment.js").Environment, session: import("./requests.js").TokenSource, url: URL}} options
   */
  constructor({ environment, session, url }) {
    this.#environment = environment;
    this.#session = session;
    this.#url = url;
  }

  /** The token for the next handshake. */
  async token() {
    const isDoubtful = this.#failures >= FAILURES_BEFORE_REFRESH;
    const token = await (isDoubtful || this.#isExpired ? this.#session.refresh() : this.#session.token());
    this.#isExpired = false;
    // A refused handshake and a dead network look alike to a script; but a new token has just come over this network.
    if (isDoubtful) {
      this.#failures = 0;
      this.#refusal = await whyRefused(this.#environment, this.#url);
    }
    return token;
  }

  /** A handshake has begun. */
  opened() {
    this.#failures += 1;
  }

  /** The server has welcomed the user. */
  welcomed() {
    this.#failures = 0;
    this.#refusal = null;
  }

  /** The connection has lasted: after its end, attempts are counted anew. */
  stable() {
    this.#attempt = 0;
  }

  reset() {
    this.welcomed();
    this.stable();
    this.#isExpired = false;
  }

  /** @type {(code: number, retryAfterMs: number|null) => NextStep} */
  afterClose(code, retryAfterMs) {
    const next = afterClose(code, { attempt: this.#attempt, retryAfterMs, random: this.#environment.random });
    this.#attempt += 1;
    if (next.action !== "retry") return next;
    if (next.refresh) this.#isExpired = true;
    return next.reason === "network" ? { ...next, reason: this.#refusal ?? next.reason } : next;
  }

  /** @type {(problem: unknown) => NextStep} */
  afterProblem(problem) {
    const next = afterProblem(problem, { attempt: this.#attempt, random: this.#environment.random });
    this.#attempt += 1;
    return next;
  }
}

/**
 * Why a WebSocket is refused: browsers tell a script nothing of a handshake that fails. Asks the daemon over HTTP, at the same path. Browsers name the page's origin in a POST as they do in a handshake, so that it
 * meets the same check.
 *
 * - `origin`: the server does not take the page for one of its site. A proxy in between may rewrite the header Host.
 * - `handshake`: the server is there and would have answered, so something in between does not pass WebSockets on.
 * - `rate_limited`, `server`: it refuses everything for now.
 * - null: it was not reached.
 *
 * @param {import("./environment.js").Environment} environment
 * @param {URL} url of the WebSocket, by http or https
 * @returns {Promise<"origin"|"handshake"|"rate_limited"|"server"|null>}
 */
async function whyRefused(environment, url) {
  try {
    await fetchJSON(environment, "POST", url);
    return "handshake"; // somebody else answers at this path
  } catch (problem) {
    const status = problem instanceof Problem ? problem.status : 0;
    if (status === 0) return null;
    if (status === 403) return "origin";
    if (status === 429) return "rate_limited";
    return status >= 500 ? "server" : "handshake";
  }
}
