// Creates the client of one EchoChat site: its session, REST API and WebSocket connection. It runs in a page, in a worker and in Node.

import { CookieSession } from "./account-session.js";
import { messageCalls } from "./api-messages.js";
import { moderationCalls, roomCalls } from "./api-rooms.js";
import { accountCalls, ownCalls, userCalls } from "./api-users.js";
import { Connection } from "./connection.js";
import { browserEnvironment, workerEnvironment } from "./environment.js";
import { Requests } from "./requests.js";

export { browserEnvironment, uuid, workerEnvironment } from "./environment.js";
export { errorText, Problem } from "./http.js";

/** @typedef {import("./environment.js").Environment} Environment */
/** @typedef {import("./session.js").Session} Session */
/**
 * @template {Session} S
 * @typedef {(place: {base: URL, environment: Environment}) => S} SessionKind
 */
/**
 * @template {Session} S
 * @typedef {object} ClientOptions
 * @property {URL|string} [site] the URL that the API lies below; the directory of the page if it is left out
 * @property {import("./event-stream.js").Resync} resync loads the whole state
 * @property {Partial<Environment>} [environment] what is left out is the page's, the worker's or Node's own
 * @property {SessionKind<S>} [session] how the user is signed in: by the site's cookie if it is left out
 */
/** @typedef {ReturnType<typeof createAPI>} API */

/**
 * Makes the client of one site for one user; README.md has examples. Pages of the site and their workers leave `session` out; programs pass
 * `tokenSession` of token-session.js, and pages that a host application has signed the user in for pass `hostSession` of host-session.js.
 *
 * @template {Session} [S=CookieSession]
 * @param {ClientOptions<S>} options
 */
export function createClient({ site, resync, environment: members, session: kind }) {
  const isPage = typeof document !== "undefined";
  if (!site && !isPage) throw new TypeError("createClient: outside of a page, name the site");
  const environment = isPage ? browserEnvironment(members) : workerEnvironment(members);
  const root = site ?? new URL("./", document.baseURI);
  const base = new URL("api/v1/", root);
  const session = /** @type {S} */ (kind ? kind({ base, environment }) : new CookieSession({ base, environment }));
  const api = createAPI({ base, session, environment });
  const connection = new Connection({ url: new URL("ws", root), session, resync, environment });
  return { session, api, connection };
}

/**
 * The REST calls: one method each, of the signed-in user unless it says otherwise. Each returns the response's data or throws a Problem; none
 * needs `this`. After a 401 a request is repeated once with a new token, unless that is about a password in it; nothing else is repeated. The
 * last parameter of a search is `{signal}`: an AbortSignal that gives it up.
 *
 * @param {{base: URL, session: import("./requests.js").TokenSource, environment: Environment}} options
 */
export function createAPI(options) {
  const requests = new Requests(options);
  return {
    ...roomCalls(requests),
    ...moderationCalls(requests),
    ...messageCalls(requests),
    ...userCalls(requests),
    ...ownCalls(requests),
    ...accountCalls(requests),
  };
}
