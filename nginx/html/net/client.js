// The network part's front door: session, REST and WebSocket of one EchoChat, wired together.

import { Api } from "./api.js";
import { Connection } from "./connection.js";
import { Session } from "./session.js";

export { Problem } from "./http.js";
export { uuid } from "./uuid.js";

export function createClient({ site = new URL("./", document.baseURI), resync }) {
  const base = new URL("api/v1/", site);
  const session = new Session(base);
  const api = new Api(base, session);
  const connection = new Connection({ url: new URL("ws", site), session, resync });
  return { session, api, connection };
}
