// Keeps one WebSocket open: signs in, resumes from its cursor, sends commands and reconnects by itself.

import { Heartbeat } from "./heartbeat.js";
import { Problem } from "./http.js";
import { PendingCommands } from "./pending-commands.js";
import { afterClose, closeCodeFor, retryAfterIn } from "./reconnect.js";

const WELCOME_WITHIN_MS = 10_000;
const REPLY_WITHIN_MS = 10_000;
const STABLE_AFTER_MS = 5_000; // a connection that lasts this long resets the count of attempts
const ATTEMPTS_BEFORE_REFRESH = 2; // without a welcome

/**
 * Emits `state` (detail `{name, until?, mandatory?, reason?}`; names: idle, connecting, online, waiting, stopped, signed-out),
 * `welcome` (detail: its data) and `server-event` (detail: the frame); each durable event once and in order.
 *
 * `resync(isWanted)` loads the whole state if there is no cursor to resume from, and returns `{cursor, epoch, userId}`. It discards
 * its result if `isWanted()` has become false. Events that arrive meanwhile are queued and follow.
 */
export class Connection extends EventTarget {
  #url;
  #session;
  #resync;

  #state = { name: "idle" };
  #socket = null;
  #generation = 0; // rises with each attempt, so that callbacks of an earlier one recognise that they are stale
  #attempt = 0;
  #attemptsWithoutWelcome = 0;
  #refreshFirst = false; // get a new token before the next attempt
  #retryAfterMs = null; // from the last error frame

  #cursor = null;
  #epoch = null;
  #userId = null;
  #queuedEvents = null; // events that wait for a resync; null if none is running

  #pendingCommands = new PendingCommands();
  #heartbeat = new Heartbeat({ sendPing: () => this.#write({ event: "ping" }), onDead: () => this.#lost() });
  #timers = { retry: 0, welcome: 0, stable: 0, refresh: 0 };

  constructor({ url, session, resync }) {
    super();
    this.#url = url;
    this.#session = session;
    this.#resync = resync;
    addEventListener("online", () => this.wake());
    addEventListener("pageshow", () => this.wake());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.wake();
    });
  }

  /** The detail of the last `state` event. */
  get state() {
    return this.#state;
  }

  /** Whether the server has welcomed this connection, so that commands can be sent. */
  get isOnline() {
    return this.#state.name === "online";
  }

  /** Connects as the user of the session, with the state that `resync` loads. */
  start() {
    this.#cursor = this.#epoch = this.#userId = null;
    this.#attempt = this.#attemptsWithoutWelcome = 0;
    this.#refreshFirst = false;
    this.#connect();
  }

  /** Closes the connection and forgets the cursor. */
  stop() {
    this.#tearDown(1000);
    this.#cursor = this.#epoch = this.#userId = null;
    this.#setState("idle");
  }

  /** Ends a wait that is not mandatory, or checks a connection that may have died while the computer slept. */
  wake() {
    if (this.#state.name === "waiting" && !this.#state.mandatory) this.#connect();
    else if (this.isOnline) this.#heartbeat.ping();
  }

  /** As `wake`, and also reconnects after a stop: the user pressed the button. */
  retryNow() {
    if (this.#state.name === "stopped") this.#connect();
    else this.wake();
  }

  /**
   * Sends a command and returns the data of its reply; rejects with a Problem (`connection_lost`, `timeout` or the server's).
   *
   * @param {string} event the command, such as `send_message`
   * @param {object} data
   * @param {{timeoutMs?: number}} [options]
   * @returns {Promise<object>}
   */
  command(event, data, { timeoutMs = REPLY_WITHIN_MS } = {}) {
    if (!this.isOnline) return Promise.reject(connectionLost());
    return this.#pendingCommands.add(timeoutMs, (ref) => this.#write({ event, data, ref }));
  }

  /** Sends a command that needs no reply; does nothing while offline. */
  send(event, data) {
    if (this.isOnline) this.#write({ event, data });
  }

  // ---- opening ----

  async #connect() {
    this.#tearDown();
    const generation = this.#generation;
    this.#setState("connecting");
    let token;
    try {
      if (this.#refreshFirst) await this.#session.refresh();
      this.#refreshFirst = false;
      token = await this.#session.token();
      if (this.#cursor === null && generation === this.#generation) await this.#load(generation);
    } catch (problem) {
      if (generation === this.#generation) this.#closed(closeCodeFor(problem), problem.retryAfterMs);
      return;
    }
    if (generation === this.#generation) this.#open(token);
  }

  #open(token) {
    const url = new URL(this.#url);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    url.searchParams.set("since", this.#cursor);
    const socket = new WebSocket(url, ["echochat.v1", `bearer.${token}`]);
    this.#socket = socket;
    this.#attemptsWithoutWelcome += 1;
    this.#timers.welcome = setTimeout(() => this.#lost(), WELCOME_WITHIN_MS);
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = ({ code, reason }) => this.#closed(code, this.#retryAfterMs ?? retryAfterIn(reason));
  }

  async #welcomed(welcome) {
    clearTimeout(this.#timers.welcome);
    const generation = this.#generation;
    this.#attemptsWithoutWelcome = 0;

    // Another tab may have signed in as another user, whose cookie, and so whose token, this tab then uses.
    const isSameUser = welcome.user?.user_id === this.#userId;
    if (!welcome.resumed || welcome.epoch !== this.#epoch || !isSameUser) {
      this.#queuedEvents = [];
      try {
        await this.#load(generation);
      } catch (problem) {
        if (generation === this.#generation) this.#closed(closeCodeFor(problem), problem.retryAfterMs);
        return;
      }
      if (generation !== this.#generation) return;
    }

    this.#timers.stable = setTimeout(() => (this.#attempt = 0), STABLE_AFTER_MS);
    this.#heartbeat.start(welcome.heartbeat_ms);
    this.#scheduleTokenRefresh();
    this.#setState("online");
    this.dispatchEvent(new CustomEvent("welcome", { detail: welcome }));

    const queued = this.#queuedEvents ?? [];
    this.#queuedEvents = null;
    for (const frame of queued) this.#deliver(frame);
  }

  async #load(generation) {
    const { cursor, epoch, userId } = await this.#resync(() => generation === this.#generation);
    if (generation !== this.#generation) return;
    this.#cursor = cursor;
    this.#epoch = epoch;
    this.#userId = userId;
  }

  // Refreshing the token in time avoids a close with 4009 and a reconnection.
  #scheduleTokenRefresh() {
    const generation = this.#generation;
    clearTimeout(this.#timers.refresh);
    this.#timers.refresh = setTimeout(async () => {
      try {
        const token = await this.#session.token();
        if (generation !== this.#generation) return;
        await this.command("authenticate", { token });
        if (generation === this.#generation) this.#scheduleTokenRefresh();
      } catch {
        // The server closes with 4009 when the token expires, and `afterClose` handles that.
      }
    }, Math.max(1_000, this.#session.refreshAt - Date.now() + 100));
  }

  // ---- frames ----

  #receive(text) {
    this.#heartbeat.received();
    let frame;
    try {
      frame = JSON.parse(text);
    } catch {
      console.warn("EchoChat: ignored a frame that is not JSON");
      return;
    }
    switch (frame.event) {
      case "welcome": this.#welcomed(frame.data); break;
      case "ok": this.#pendingCommands.resolve(frame.ref, frame.data ?? {}); break;
      case "error": this.#receiveError(frame); break;
      case "pong": break;
      default: this.#deliver(frame);
    }
  }

  #deliver(frame) {
    if (this.#queuedEvents) {
      this.#queuedEvents.push(frame);
      return;
    }
    if (frame.id !== undefined) {
      if (frame.id <= this.#cursor) return; // already part of the state from /sync
      this.#cursor = frame.id;
    }
    this.dispatchEvent(new CustomEvent("server-event", { detail: frame }));
  }

  #receiveError({ ref, data }) {
    const problem = new Problem({ status: 400, ...data });
    if (problem.retryAfterMs !== null) this.#retryAfterMs = problem.retryAfterMs; // a close with 4008 may follow
    if (ref === undefined) console.debug("EchoChat: the server rejected a frame:", problem.code, problem.message);
    else this.#pendingCommands.reject(ref, problem);
  }

  #write(frame) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  // ---- closing ----

  #lost() {
    this.#closed(1006, null);
  }

  #closed(code, retryAfterMs) {
    this.#tearDown();
    const next = afterClose(code, { attempt: this.#attempt, retryAfterMs });
    this.#attempt += 1;
    if (next.action === "login") {
      this.#setState("signed-out");
    } else if (next.action === "stop") {
      this.#setState("stopped", { reason: next.reason });
    } else {
      // A rejected handshake and a dead network look alike to a script; refreshing the token tells them apart.
      this.#refreshFirst ||= next.refresh || this.#attemptsWithoutWelcome >= ATTEMPTS_BEFORE_REFRESH;
      if (this.#refreshFirst) this.#attemptsWithoutWelcome = 0;
      this.#setState("waiting", { until: Date.now() + next.delayMs, mandatory: next.mandatory });
      this.#timers.retry = setTimeout(() => this.#connect(), next.delayMs);
    }
  }

  #tearDown(code) {
    this.#generation += 1;
    for (const timer of Object.values(this.#timers)) clearTimeout(timer);
    this.#heartbeat.stop();
    const socket = this.#socket;
    this.#socket = null;
    this.#queuedEvents = null;
    this.#retryAfterMs = null;
    if (socket) {
      socket.onmessage = socket.onclose = null; // the browser may report the close of a dead connection a minute late
      socket.close(code);
    }
    this.#pendingCommands.rejectAll(connectionLost);
  }

  #setState(name, details = {}) {
    this.#state = { name, ...details };
    this.dispatchEvent(new CustomEvent("state", { detail: this.#state }));
  }
}

function connectionLost() {
  return new Problem({ code: "connection_lost", detail: "The connection was lost." });
}
