// Finds out why a WebSocket is refused: browsers tell a script nothing of a handshake that fails.

import { fetchJSON } from "./http.js";
import { Problem } from "./problem.js";

/**
 * Asks the daemon over HTTP, at the path of the WebSocket. Browsers name the page's origin in a POST as they do in a handshake, so that it
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
export async function whyRefused(environment, url) {
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
