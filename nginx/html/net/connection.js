// Keeps the user connected: signs in, resumes from its cursor and reconnects by itself.

import { Admission } from "./admission.js";
import { DetailEvent, EventStream } from "./event-stream.js";
import { connectionLost } from "./http.js";
import { TokenRenewal } from "./keep-alive.js";
import { LiveSocket } from "./live-socket.js";

/** @typedef {import("./types.js").ConnectionState} ConnectionState */

const REPLY_WITHIN_MS = 10_000;
const STABLE_AFTER_MS = 5_000; // a connection that lasts this long resets the count of attempts
const OFFLINE_RETRY_MS = 30_000; // the browser may be wrong about the network

/** Emits `state` (detail: a ConnectionState), `welcome` (detail: its data) and `server-event` (detail: the frame). */
export class Connection extends EventTarget {
  #url;
  #environment;
  #admission;
  #tokenRenewal;
  #events;
  /** @type {ConnectionState} */
  #state = { name: "idle" };
  /** @type {LiveSocket|null} */
  #socket = null;
  #generation = 0; // rises with each attempt, so that what an earlier one waited for recognises that it is stale
  /** @type {any} */
  #timer = 0; // one at a time: until the next attempt, or until the connection counts as stable

  /**
   * @param {{url: URL, session: import("./session.js").Session, resync: import("./event-stream.js").Resync,
   *   environment: import("./environment.js").Environment}} options `url`: by http or https
   */
  constructor({ url, session, resync, environment }) {
    super();
    this.#url = url;
    this.#environment = environment;
    this.#admission = new Admission({ environment, session, url });
    this.#tokenRenewal = new TokenRenewal({ environment, session, authenticate: (token) => this.command("authenticate", { token }) });
    this.#events = new EventStream({ resync, onEvent: (frame) => this.dispatchEvent(new DetailEvent("server-event", frame)) });
  }

  /** The detail of the last `state` event. */
  get state() {
    return this.#state;
  }

  /** Whether the server has welcomed this connection, so that commands can be sent. */
  get isOnline() {
    return this.#state.name === "online";
  }

  /** Where a later connection of this user can go on, for `start`; null without a state to go on from. */
  get position() {
    return this.#events.position;
  }

  /**
   * Connects as the user of the session: with the state that `resync` loads, or from the `position` of an earlier connection.
   * @param {import("./event-stream.js").Position|null} [position]
   */
  start(position = null) {
    this.#events.restart(position);
    this.#admission.reset();
    this.#environment.signals.addEventListener("wake", this.#onWake);
    this.#environment.signals.addEventListener("offline", this.#onOffline);
    this.#connect();
  }

  /** Closes the connection and forgets the cursor. */
  stop() {
    this.#environment.signals.removeEventListener("wake", this.#onWake);
    this.#environment.signals.removeEventListener("offline", this.#onOffline);
    this.#tearDown(1000);
    this.#events.restart(null);
    this.#setState({ name: "idle" });
  }

  /** Ends a wait that is not mandatory, or checks a connection that may have died while the computer slept. */
  wake() {
    if (this.#state.name === "waiting" && !this.#state.mandatory) this.#connect();
    else if (this.isOnline) this.#socket?.check();
  }

  /** As `wake`, and also reconnects after a stop: the user pressed the button. */
  retryNow() {
    if (this.#state.name === "stopped") this.#connect();
    else this.wake();
  }

  /**
   * Sends a command; returns the data of its reply, or rejects with a Problem (`connection_lost`, `timeout` or the server's).
   * @type {(event: string, data: object, options?: {timeoutMs?: number}) => Promise<any>}
   */
  async command(event, data, { timeoutMs = REPLY_WITHIN_MS } = {}) {
    if (!this.isOnline || !this.#socket) throw connectionLost();
    return this.#socket.command(event, data, timeoutMs);
  }

  /**
   * Sends a command that needs no reply; does nothing while offline.
   * @type {(event: string, data: object) => void}
   */
  send(event, data) {
    if (this.isOnline) this.#socket?.write({ event, data });
  }

  async #connect() {
    this.#tearDown();
    const isWanted = this.#whileThisAttemptLasts();
    this.#setState({ name: "connecting" });
    try {
      let token = await this.#admission.token();
      if (!this.#events.position && isWanted()) {
        await this.#events.load(isWanted);
        token = await this.#admission.token(); // the first one may be of a session that is over
      }
      if (isWanted()) this.#open(token);
    } catch (problem) {
      this.#failed(problem, isWanted);
    }
  }

  /** @param {string} token */
  #open(token) {
    this.#admission.opened();
    this.#socket = new LiveSocket({
      ...{ environment: this.#environment, url: this.#url, since: this.#events.position?.cursor ?? 0, token },
      onWelcome: (welcome) => this.#welcomed(welcome),
      onEvent: (frame) => this.#events.receive(frame),
      onEnd: (code, retryAfterMs) => this.#goOn(this.#admission.afterClose(code, retryAfterMs)),
    });
  }

  /** @param {import("./types.js").Welcome} welcome */
  async #welcomed(welcome) {
    const isWanted = this.#whileThisAttemptLasts();
    this.#admission.welcomed();
    this.#events.hold();
    try {
      if (!this.#events.isContinuedBy(welcome)) await this.#events.load(isWanted);
    } catch (problem) {
      return this.#failed(problem, isWanted);
    }
    if (!isWanted()) return;
    this.#timer = this.#environment.setTimeout(() => this.#admission.stable(), STABLE_AFTER_MS);
    this.#socket?.startHeartbeat(welcome.heartbeat_ms);
    this.#tokenRenewal.start();
    this.#setState({ name: "online" });
    if (isWanted()) this.dispatchEvent(new DetailEvent("welcome", welcome));
    this.#events.release(isWanted);
  }

  #whileThisAttemptLasts() {
    const generation = this.#generation;
    return () => generation === this.#generation;
  }

  #onWake = () => this.wake();

  #onOffline = () => {
    const { name, mandatory } = this.#state;
    if (["online", "connecting"].includes(name) || (name === "waiting" && !mandatory)) this.#wait(OFFLINE_RETRY_MS, "offline", false);
  };

  /** @type {(problem: unknown, isWanted: () => boolean) => void} */
  #failed(problem, isWanted) {
    if (isWanted()) this.#goOn(this.#admission.afterProblem(problem));
  }

  /** @param {import("./reconnect.js").NextStep} next */
  #goOn(next) {
    if (next.action === "retry") return this.#wait(next.delayMs, next.reason, next.mandatory);
    this.#tearDown();
    this.#setState(next.action === "login" ? { name: "signed-out" } : { name: "stopped", reason: next.reason });
  }

  /** @type {(delayMs: number, reason: string, mandatory: boolean) => void} */
  #wait(delayMs, reason, mandatory) {
    this.#tearDown();
    this.#timer = this.#environment.setTimeout(() => this.#connect(), delayMs);
    this.#setState({ name: "waiting", until: this.#environment.now() + delayMs, mandatory, reason });
  }

  /** @param {number} [code] */
  #tearDown(code) {
    this.#generation += 1;
    this.#environment.clearTimeout(this.#timer);
    this.#tokenRenewal.stop();
    this.#events.drop();
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(code);
  }

  #setState(/** @type {ConnectionState} */ state) {
    this.#state = state;
    this.dispatchEvent(new DetailEvent("state", state));
  }
}
