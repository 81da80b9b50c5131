// Says how the connection is, and what the server has refused.

const PROBLEMS = ["suspended", "email_unverified", "forbidden"];

/**
 * @param {(key: string, parameters?: Record<string, string | number>) => string} t
 * @param {import("../net/types.js").ConnectionState} state
 * @param {{ origin: string, isOnline: boolean }} [page]
 * @returns {string} empty: there is nothing to say
 */
export function connectionWords(t, { name, reason = "" }, page = { origin: location.origin, isOnline: navigator.onLine }) {
  if (name === "online" || name === "connecting") return t(`connection.${name}`);
  if (name === "waiting") {
    if (reason === "origin") return t("connection.origin", { origin: page.origin });
    if (reason === "handshake") return t("connection.handshake");
    if (reason === "rate_limited") return t("connection.rate_limited");
    return t(reason === "offline" || !page.isOnline ? "connection.offline" : "connection.lost");
  }
  if (name !== "stopped") return "";
  if (PROBLEMS.includes(reason)) return t(`problem.${reason}`);
  if (reason === "auth_timeout") return t("connection.too_slow");
  return t(reason === "protocol_error" ? "connection.protocol" : "connection.ended");
}

/**
 * While there is nothing else to show: what is wrong, and whether what the last visit has left does not open.
 * @param {(key: string, parameters?: Record<string, string | number>) => string} t
 * @param {import("../net/types.js").ConnectionState} state
 * @param {{ isClosed: boolean }} kept
 */
export function splashWords(t, state, { isClosed }) {
  const isUnreached = ["network", "server"].includes(state.reason ?? "");
  const words = isUnreached ? t("connection.unreachable") : connectionWords(t, state);
  return isClosed ? `${words} ${t("app.kept_closed")}` : words;
}
