// Says, for each way in which a WebSocket can end, whether to come back and when: the contract's close codes as a pure function.

const BACKOFF_FIRST_MS = 500;
const BACKOFF_LONGEST_MS = 30_000;
const RESTART_SPREAD_MS = 1_000; // everybody is thrown out at once by a restart: come back spread over a second
const SLOW_SPREAD_MS = 250;
const RATE_WAIT_MS = 5_000;

/**
 * `attempt` counts the tries since the connection last held; `retryAfterMs` is what the server asked for, if it did.
 * Gives `{action: "retry", delayMs, renew, firm}` (`firm`: not sooner, whoever asks), `{action: "login"}` or
 * `{action: "stop", why}`.
 */
export function afterClose(code, { attempt, retryAfterMs = null, random = Math.random }) {
  switch (code) {
    case 1000:
      return { action: "stop", why: "done" };
    case 1002: case 1003: case 1007: case 1008: case 1009:
      return { action: "stop", why: "refused" };
    case 4003:
      return { action: "stop", why: "suspended" };
    case 4011:
      return { action: "stop", why: "late" };
    case 4001:
      return { action: "login" };
    case 4008:
      return { ...retry((retryAfterMs ?? RATE_WAIT_MS) + random() * SLOW_SPREAD_MS), firm: true };
    case 4009:
      return { ...retry(atOnce(attempt, 0, random)), renew: true };
    case 4010:
      return retry(atOnce(attempt, SLOW_SPREAD_MS, random));
    case 1001: case 1012:
      return retry(atOnce(attempt, RESTART_SPREAD_MS, random));
    default: // 1011 and 1013, and 1006, which is all that a browser says of a lost network or a refused handshake
      return retry(Math.max(backoff(attempt, random), retryAfterMs ?? 0));
  }
}

// At once means once: a server that keeps throwing us out gets the same patience as one that is away.
function atOnce(attempt, spreadMs, random) {
  return attempt === 0 ? random() * spreadMs : backoff(attempt - 1, random);
}

function backoff(attempt, random) {
  const ceiling = Math.min(BACKOFF_LONGEST_MS, BACKOFF_FIRST_MS * 2 ** attempt);
  return ceiling / 2 + (random() * ceiling) / 2;
}

function retry(delayMs) {
  return { action: "retry", delayMs: Math.round(delayMs), renew: false, firm: false };
}
