// One WebSocket from its opening to its end: frames, commands and their replies, and signs of life.

import { connectionLost, Problem } from "./http.js";
import { Heartbeat } from "./keep-alive.js";
import { PendingCommands } from "./pending-commands.js";
import { retryAfterIn } from "./reconnect.js";

/** @typedef {import("./environment.js").Environment} Environment */
/** @typedef {import("./types.js").Frame} Frame */
/**
 * `onEnd` is called once: with the close code, or 1006 if the connection died, and with the wait that the server asked for. After `close`
 * nothing is called any more.
 *
 * @typedef {object} SocketHandlers
 * @property {(welcome: import("./types.js").Welcome) => void} onWelcome
 * @property {(frame: Frame) => void} onEvent
 * @property {(code: number, retryAfterMs: number|null) => void} onEnd
 */

const WELCOME_WITHIN_MS = 10_000;

export class LiveSocket {
  #environment;
  #handlers;
  #socket;
  #heartbeat;
  #commands;
  /** @type {any} */
  #welcomeTimer;
  /** @type {number|null} */
  #retryAfterMs = null; // from the last error frame

  /**
   * @param {{environment: Environment, url: URL, token: string, since: number} & SocketHandlers} options `url`: by http or https
   */
  constructor({ environment, url, token, since, ...handlers }) {
    if (!environment.WebSocket) throw new Error("This environment has no WebSocket: pass one to createClient as environment.WebSocket.");
    this.#environment = environment;
    this.#handlers = handlers;
    this.#heartbeat = new Heartbeat({ environment, sendPing: () => this.write({ event: "ping" }), onDead: () => this.#end(1006) });
    this.#commands = new PendingCommands({ environment, onSlow: () => this.#heartbeat.ping() });
    this.#welcomeTimer = environment.setTimeout(() => this.#end(1006), WELCOME_WITHIN_MS);
    const address = new URL(url);
    address.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    address.searchParams.set("since", String(since));
    this.#socket = new environment.WebSocket(address, ["echochat.v1", `bearer.${token}`]);
    this.#socket.onmessage = ({ data }) => this.#receive(data);
    this.#socket.onclose = ({ code, reason }) => this.#end(code, retryAfterIn(reason));
    this.#socket.onerror = () => {}; // `onclose` follows; libraries of Node throw if nobody listens
  }

  /**
   * @param {string} event
   * @param {object} data
   * @param {number} timeoutMs
   * @returns {Promise<any>}
   */
  command(event, data, timeoutMs) {
    return this.#commands.add(timeoutMs, (ref) => this.write({ event, data, ref }));
  }

  /** @param {Frame} frame */
  write(frame) {
    if (this.#socket.readyState === 1) this.#socket.send(JSON.stringify(frame)); // 1: open
  }

  /**
   * Pings from now on after this much silence.
   * @param {number} [silenceMs]
   */
  startHeartbeat(silenceMs) {
    this.#heartbeat.start(silenceMs);
  }

  /** Pings now: the connection may have died. */
  check() {
    this.#heartbeat.ping();
  }

  /** @param {number} [code] */
  close(code) {
    this.#environment.clearTimeout(this.#welcomeTimer);
    this.#heartbeat.stop();
    this.#socket.onmessage = this.#socket.onclose = null; // the browser may report the close of a dead connection a minute late
    this.#socket.close(code);
    this.#commands.rejectAll(connectionLost);
  }

  /**
   * @param {number} code
   * @param {number|null} [retryAfterMs]
   */
  #end(code, retryAfterMs = null) {
    const wait = this.#retryAfterMs ?? retryAfterMs;
    this.close();
    this.#handlers.onEnd(code, wait);
  }

  /** @param {string} text */
  #receive(text) {
    this.#heartbeat.received();
    /** @type {Frame} */
    let frame;
    try {
      frame = JSON.parse(text);
    } catch {
      console.warn("EchoChat: ignored a frame that is not JSON");
      return;
    }
    switch (frame.event) {
      case "welcome":
        this.#environment.clearTimeout(this.#welcomeTimer);
        this.#handlers.onWelcome(frame.data);
        break;
      case "ok":
        this.#commands.resolve(frame.ref, frame.data ?? {});
        break;
      case "error":
        this.#receiveError(frame);
        break;
      case "pong":
        break;
      default:
        this.#handlers.onEvent(frame);
    }
  }

  /** @param {Frame} frame */
  #receiveError({ ref, data }) {
    const problem = new Problem({ status: 400, ...data });
    if (problem.retryAfterMs !== null) this.#retryAfterMs = problem.retryAfterMs; // a close with 4008 may follow
    if (ref === undefined) console.debug("EchoChat: the server rejected a frame:", problem.code, problem.message);
    else this.#commands.reject(ref, problem);
  }
}
