// Decides how to go on after a WebSocket has closed: the contract's close codes as a pure function.

import { Problem } from "./http.js";

const BACKOFF_MIN_MS = 500;
const BACKOFF_MAX_MS = 30_000;
const RESTART_JITTER_MS = 1_000; // a restart closes every connection at once: clients reconnect spread over a second
const SHORT_JITTER_MS = 250;
const RATE_LIMIT_WAIT_MS = 5_000; // if the server names no time

/**
 * `refresh`: get a new token first; `mandatory`: the user cannot shorten the wait; `reason`: why the connection ended.
 * @typedef {{action: "retry", delayMs: number, refresh: boolean, mandatory: boolean, reason: string}} Retry
 */
/** @typedef {Retry | {action: "login"} | {action: "stop", reason: string}} NextStep */

/**
 * `attempt` counts the attempts since the connection was last stable; `retryAfterMs` is the wait the server asked for, or null.
 *
 * @param {number} code
 * @param {{attempt: number, retryAfterMs?: number|null, random: () => number}} options
 * @returns {NextStep}
 */
export function afterClose(code, { attempt, retryAfterMs = null, random }) {
  switch (code) {
    case 1000:
      return { action: "stop", reason: "closed" };
    case 1002:
    case 1003:
    case 1007:
    case 1008:
    case 1009:
      return { action: "stop", reason: "protocol_error" };
    case 4003:
      return { action: "stop", reason: "suspended" };
    case 4011:
      return { action: "stop", reason: "auth_timeout" };
    case 4001:
      return { action: "login" };
    case 4008:
      return { ...retry("rate_limited", (retryAfterMs ?? RATE_LIMIT_WAIT_MS) + random() * SHORT_JITTER_MS), mandatory: true };
    case 4009:
      return { ...retry("token_expired", immediately(attempt, 0, random)), refresh: true };
    case 4010:
      return retry("too_slow", immediately(attempt, SHORT_JITTER_MS, random));
    case 1001:
    case 1012:
      return retry("restarting", immediately(attempt, RESTART_JITTER_MS, random));
    default: // 1011, 1013, and 1006, which browsers report for a lost network and for a rejected handshake alike
      return retry(code === 1006 ? "network" : "server", Math.max(backoff(attempt, random), retryAfterMs ?? 0));
  }
}

/**
 * How to go on after an error before the socket was opened: getting a token, or loading the state.
 *
 * @param {unknown} error
 * @param {{attempt: number, random: () => number}} options
 * @returns {NextStep}
 */
export function afterProblem(error, options) {
  if (!(error instanceof Problem)) {
    console.error(error);
    return afterClose(1011, options);
  }
  if (error.status === 401) return { action: "login" };
  if (error.status === 403) return { action: "stop", reason: error.code === "unknown" ? "forbidden" : error.code };
  const next = afterClose(error.status === 0 ? 1006 : 1013, { ...options, retryAfterMs: error.retryAfterMs });
  return next.action === "retry" && error.status === 429 ? { ...next, reason: "rate_limited" } : next;
}

/**
 * The wait in milliseconds that a close reason names, or null.
 * @param {string|undefined} reason
 */
export function retryAfterIn(reason) {
  const match = /retry_after_ms\D{0,4}(\d+)/.exec(reason ?? "") ?? /^(\d+)$/.exec(reason ?? "");
  return match ? Number(match[1]) : null;
}

/**
 * Only the first attempt is immediate: a server that keeps closing connections gets the usual backoff.
 *
 * @param {number} attempt
 * @param {number} jitterMs
 * @param {() => number} random
 */
function immediately(attempt, jitterMs, random) {
  return attempt === 0 ? random() * jitterMs : backoff(attempt - 1, random);
}

/**
 * @param {number} attempt
 * @param {() => number} random
 */
function backoff(attempt, random) {
  const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** attempt);
  return ceiling / 2 + (random() * ceiling) / 2;
}

/**
 * @param {string} reason
 * @param {number} delayMs
 * @returns {Retry}
 */
function retry(reason, delayMs) {
  return { action: "retry", delayMs: Math.round(delayMs), refresh: false, mandatory: false, reason };
}
