// A client with everything around it: a fake environment, a session that has a token, and a server that the test plays.

import { Connection } from "../../../nginx/html/net/connection.js";
import { fakeEnvironment } from "./environment.js";

export const ALICE = { user_id: "alice", username: "alice", display_name: "Alice" };

/** A session whose tokens are `token 1`, `token 2`…; set `problem` to make a refresh fail. */
export class FakeSession extends EventTarget {
  refreshes = 0;
  problem = null;
  currentToken = "token 1";

  constructor(environment, lifetimeMs = 15 * 60_000) {
    super();
    this.environment = environment;
    this.lifetimeMs = lifetimeMs;
    this.refreshAt = environment.now() + lifetimeMs;
  }

  async token() {
    return this.environment.now() < this.refreshAt ? this.currentToken : this.refresh();
  }

  async refresh() {
    this.refreshes += 1;
    if (this.problem) throw this.problem;
    this.currentToken = `token ${this.refreshes + 1}`;
    this.refreshAt = this.environment.now() + this.lifetimeMs;
    return this.currentToken;
  }
}

/**
 * Alice's connection. `log` has what she hears: `["state", name]`, `["welcome"]`, `["resync"]` and `[event, id or data]`. `snapshot` is what the
 * next `resync` returns; it may be a promise.
 */
export function connect({ environment = fakeEnvironment(), resync, position, ...options } = {}) {
  const session = new FakeSession(environment, options.lifetimeMs);
  const log = [];
  const chat = {
    ...{ environment, session, log, clock: environment.clock, WebSocket: environment.WebSocket },
    snapshot: { cursor: 10, epoch: "e1", userId: "alice" },
  };
  const load = async () => {
    log.push(["resync"]);
    return chat.snapshot;
  };
  const url = new URL("https://chat.example.org/ws");
  chat.connection = new Connection({ url, session, environment, resync: resync ?? load });
  chat.connection.addEventListener("state", ({ detail }) => log.push(["state", detail.name]));
  chat.connection.addEventListener("welcome", () => log.push(["welcome"]));
  chat.connection.addEventListener("server-event", ({ detail }) => log.push([detail.event, detail.id ?? detail.data]));
  chat.connection.start(position);
  return chat;
}

/** The data of a welcome to Alice. */
export function welcome(members = {}) {
  return { event: "welcome", data: { user: ALICE, epoch: "e1", resumed: true, heartbeat_ms: 25_000, limits: {}, ...members } };
}

/** Lets the newest handshake succeed, and welcomes Alice. */
export async function admit(chat, members) {
  await chat.clock.advance(0);
  const socket = chat.WebSocket.last;
  socket.open();
  socket.receive(welcome(members));
  await chat.clock.advance(0);
  return socket;
}
