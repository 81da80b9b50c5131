// Creates the client of one EchoChat site: its session, REST API and WebSocket connection.

import { Api } from "./api.js";
import { Connection } from "./connection.js";
import { Session } from "./session.js";

export { Problem, errorText } from "./http.js";
export { uuid } from "./uuid.js";

/** `site` is the URL of the page; `resync` is described at `Connection`. */
export function createClient({ site = new URL("./", document.baseURI), resync }) {
  const base = new URL("api/v1/", site);
  const session = new Session(base);
  const api = new Api(base, session);
  const connection = new Connection({ url: new URL("ws", site), session, resync });
  return { session, api, connection };
}
