// Creates the client of one EchoChat site: its session, REST API and WebSocket connection. It runs in a page, in a worker and in Node.

import { createAPI } from "./api.js";
import { Connection } from "./connection.js";
import { CookieSession } from "./cookie-session.js";
import { browserEnvironment, workerEnvironment } from "./environment.js";
import { HostSession } from "./host-session.js";
import { TokenSession } from "./token-session.js";

export { browserEnvironment, workerEnvironment } from "./environment.js";
export { errorText, Problem } from "./problem.js";
export { uuid } from "./uuid.js";

/** @typedef {import("./environment.js").Environment} Environment */
/** @typedef {{keep: import("./token-session.js").Keep}} TokenOptions */
/** @typedef {{token: () => Promise<string|null>|string|null}} HostOptions */
/**
 * @typedef {object} ClientOptions
 * @property {URL|string} [site] the URL that the API lies below; the directory of the page if it is left out
 * @property {import("./event-stream.js").Resync} resync loads the whole state
 * @property {Partial<Environment>} [environment] what is left out is the page's, the worker's or Node's own
 */

/**
 * Makes the client of one site for one user; README.md has examples. `session` says how the user is signed in: left out, by the site's cookie
 * (pages of the site and their workers); `{keep}`, by a refresh token that the caller keeps (programs); `{token}`, by the tokens of a host
 * application.
 *
 * @template {TokenOptions|HostOptions|undefined} [S=undefined]
 * @param {ClientOptions & {session?: S}} options
 */
export function createClient({ site, resync, environment: members, session: kind }) {
  const isPage = typeof document !== "undefined";
  if (!site && !isPage) throw new TypeError("createClient: outside of a page, name the site");
  const environment = { ...(isPage ? browserEnvironment() : workerEnvironment()), ...members };
  const root = site ?? new URL("./", document.baseURI);
  const base = new URL("api/v1/", root);
  const session = /** @type {S extends HostOptions ? HostSession : S extends TokenOptions ? TokenSession : CookieSession} */ (
    makeSession(base, environment, kind)
  );
  const api = createAPI({ base, session, environment });
  const connection = new Connection({ url: new URL("ws", root), session, resync, environment });
  return { session, api, connection };
}

/**
 * @param {URL} base
 * @param {Environment} environment
 * @param {TokenOptions|HostOptions|undefined} kind
 */
function makeSession(base, environment, kind) {
  if (!kind) return new CookieSession({ base, environment });
  if ("keep" in kind) return new TokenSession({ base, environment, keep: kind.keep });
  return new HostSession({ environment, token: kind.token });
}
