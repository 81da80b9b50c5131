// Creates the client of one EchoChat site: its session, REST API and WebSocket connection.

import { Api } from "./api.js";
import { Connection } from "./connection.js";
import { Session } from "./session.js";

export { Problem, errorText } from "./http.js";
export { uuid } from "./uuid.js";

/**
 * Makes the client of one site, for the user of this browser. README.md has an example.
 *
 * @param {object} options
 * @param {URL|string} [options.site] the URL that the API lies below; the directory of the page if it is left out
 * @param {(isWanted: () => boolean) => Promise<{cursor: number, epoch: string, userId: string}>} options.resync loads the whole state; see
 *   `Connection`
 * @returns {{session: Session, api: Api, connection: Connection}}
 */
export function createClient({ site = new URL("./", document.baseURI), resync }) {
  const base = new URL("api/v1/", site);
  const session = new Session(base);
  const api = new Api(base, session);
  const connection = new Connection({ url: new URL("ws", site), session, resync });
  return { session, api, connection };
}
