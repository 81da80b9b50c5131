// Holds the line open: one WebSocket that signs in, resumes from its cursor, answers commands and comes back by itself.

import { Problem } from "./http.js";
import { afterClose } from "./reconnect.js";

const WELCOME_WITHIN_MS = 10_000;
const REPLY_WITHIN_MS = 10_000;
const PONG_WITHIN_MS = 10_000;
const HEARTBEAT_MS = 25_000; // until the welcome names the server's own
const HEARTBEAT_LOOK_MS = 5_000;
const HELD_LONG_ENOUGH_MS = 5_000; // a connection that lasts this long clears the count of failed tries
const BLIND_TRIES_BEFORE_RENEWAL = 2;

/**
 * Emits `state` (detail `{name, until?, firm?, why?}`; names: idle, connecting, online, waiting, stopped, signed-out),
 * `welcome` (detail: its data) and `push` (detail: the frame), each durable frame once and in order.
 *
 * `resync` is called when there is no cursor to resume from: it loads the whole state afresh and gives
 * `{cursor, epoch, userId}`; what arrives meanwhile is held and follows it.
 */
export class Connection extends EventTarget {
  #url;
  #session;
  #resync;

  #state = { name: "idle" };
  #socket = null;
  #generation = 0; // an attempt that wakes up late finds a newer number here, and goes
  #attempt = 0;
  #blindTries = 0;
  #renewFirst = false; // before the next try
  #retryAfterMs = null; // as the last refusal named it

  #cursor = null;
  #epoch = null;
  #userId = null;
  #held = null; // frames that wait for a resync; null when none is going on

  #replies = new Map();
  #lastRef = 0;
  #heardAt = 0;
  #pingedAt = 0;
  #heartbeatMs = HEARTBEAT_MS;
  #timers = { retry: 0, welcome: 0, steady: 0, heartbeat: 0, renewal: 0 };

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

  get state() {
    return this.#state;
  }

  get isOnline() {
    return this.#state.name === "online";
  }

  start() {
    this.#cursor = this.#epoch = this.#userId = null;
    this.#attempt = this.#blindTries = 0;
    this.#renewFirst = false;
    this.#connect();
  }

  stop() {
    this.#tearDown(1000);
    this.#cursor = this.#epoch = this.#userId = null;
    this.#become("idle");
  }

  /** Someone is looking again, or asks to: do not sit out a wait, do not trust a line that may have died in its sleep. */
  wake() {
    if (this.#state.name === "waiting" && !this.#state.firm) this.#connect();
    else if (this.isOnline) this.#ping();
  }

  /** As `wake`, and out of a stop as well: a person pressed the button. */
  retryNow() {
    if (this.#state.name === "stopped") this.#connect();
    else this.wake();
  }

  /** Sends a command and waits for the one reply that bears its ref. */
  command(event, data, { timeoutMs = REPLY_WITHIN_MS } = {}) {
    if (!this.isOnline) return Promise.reject(lost());
    const ref = `c${++this.#lastRef}`;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#replies.delete(ref);
        reject(new Problem({ code: "timeout", detail: "The server did not answer in time." }));
      }, timeoutMs);
      this.#replies.set(ref, { resolve, reject, timer });
      this.#write({ event, data, ref });
    });
  }

  /** Sends what needs no reply; offline it is simply not said. */
  tell(event, data) {
    if (this.isOnline) this.#write({ event, data });
  }

  // ---- coming ----

  async #connect() {
    this.#tearDown();
    const generation = this.#generation;
    this.#become("connecting");
    let token;
    try {
      if (this.#renewFirst) await this.#session.renew();
      this.#renewFirst = false;
      token = await this.#session.token();
      if (this.#cursor === null && generation === this.#generation) await this.#load(generation);
    } catch (problem) {
      if (generation === this.#generation) this.#ended(codeFor(problem), problem.retryAfterMs);
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
    this.#blindTries += 1;
    this.#timers.welcome = setTimeout(() => this.#lose(), WELCOME_WITHIN_MS);
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = ({ code, reason }) => this.#ended(code, this.#retryAfterMs ?? waitNamedIn(reason));
  }

  #receive(text) {
    this.#heardAt = Date.now();
    let frame;
    try {
      frame = JSON.parse(text);
    } catch {
      console.warn("EchoChat: a frame that is not JSON was passed over");
      return;
    }
    switch (frame.event) {
      case "welcome": this.#welcomed(frame.data); break;
      case "ok": this.#settle(frame.ref, (reply) => reply.resolve(frame.data ?? {})); break;
      case "error": this.#refused(frame); break;
      case "pong": break;
      default: this.#push(frame);
    }
  }

  async #welcomed(welcome) {
    clearTimeout(this.#timers.welcome);
    const generation = this.#generation;
    this.#blindTries = 0;
    this.#heartbeatMs = welcome.heartbeat_ms ?? HEARTBEAT_MS;

    // Another tab may have signed in as somebody else: the cookie, and so the token, is then theirs.
    const samePerson = welcome.user?.user_id === this.#userId;
    if (!welcome.resumed || welcome.epoch !== this.#epoch || !samePerson) {
      this.#held = [];
      try {
        await this.#load(generation);
      } catch (problem) {
        if (generation === this.#generation) this.#ended(codeFor(problem), problem.retryAfterMs);
        return;
      }
      if (generation !== this.#generation) return;
    }

    this.#timers.steady = setTimeout(() => (this.#attempt = 0), HELD_LONG_ENOUGH_MS);
    this.#timers.heartbeat = setInterval(() => this.#listenForLife(), HEARTBEAT_LOOK_MS);
    this.#planRenewal();
    this.#become("online");
    this.dispatchEvent(new CustomEvent("welcome", { detail: welcome }));

    const held = this.#held ?? [];
    this.#held = null;
    for (const frame of held) this.#push(frame);
  }

  async #load(generation) {
    const { cursor, epoch, userId } = await this.#resync(() => generation === this.#generation);
    if (generation !== this.#generation) return;
    this.#cursor = cursor;
    this.#epoch = epoch;
    this.#userId = userId;
  }

  // ---- hearing ----

  #push(frame) {
    if (this.#held) {
      this.#held.push(frame);
      return;
    }
    if (frame.id !== undefined) {
      if (frame.id <= this.#cursor) return; // already in the state that /sync gave
      this.#cursor = frame.id;
    }
    this.dispatchEvent(new CustomEvent("push", { detail: frame }));
  }

  #refused({ ref, data }) {
    const problem = new Problem({ status: 400, ...data });
    if (problem.retryAfterMs !== null) this.#retryAfterMs = problem.retryAfterMs; // a close with 4008 may follow
    if (ref === undefined) console.debug("EchoChat: the server refused a frame:", problem.code, problem.message);
    else this.#settle(ref, (reply) => reply.reject(problem));
  }

  #settle(ref, answer) {
    const reply = this.#replies.get(ref);
    if (!reply) return; // it came after its time was up
    this.#replies.delete(ref);
    clearTimeout(reply.timer);
    answer(reply);
  }

  // ---- staying ----

  // Scripts see neither the server's pings nor a line that died silently, so the page asks for itself.
  #listenForLife() {
    const now = Date.now();
    if (this.#pingedAt > this.#heardAt) {
      if (now - this.#pingedAt > PONG_WITHIN_MS) this.#lose();
    } else if (now - this.#heardAt > this.#heartbeatMs) {
      this.#ping();
    }
  }

  #ping() {
    if (this.#pingedAt > this.#heardAt) return;
    this.#pingedAt = Date.now();
    this.#write({ event: "ping" });
  }

  // A fresh token in time spares everyone the 4009 and the reconnection after it.
  #planRenewal() {
    const generation = this.#generation;
    clearTimeout(this.#timers.renewal);
    this.#timers.renewal = setTimeout(async () => {
      try {
        const token = await this.#session.token();
        if (generation !== this.#generation) return;
        await this.command("authenticate", { token });
        if (generation === this.#generation) this.#planRenewal();
      } catch {
        // The server will say 4009 when it is time, and that has its own answer.
      }
    }, Math.max(1_000, this.#session.renewAt - Date.now() + 100));
  }

  #write(frame) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  // ---- going ----

  #lose() {
    this.#ended(1006, null);
  }

  #ended(code, retryAfterMs) {
    this.#tearDown();
    const next = afterClose(code, { attempt: this.#attempt, retryAfterMs });
    this.#attempt += 1;
    if (next.action === "login") {
      this.#become("signed-out");
    } else if (next.action === "stop") {
      this.#become("stopped", { why: next.why });
    } else {
      // A refused handshake and a dead network look alike from here; a renewal tells them apart.
      this.#renewFirst ||= next.renew || this.#blindTries >= BLIND_TRIES_BEFORE_RENEWAL;
      if (this.#renewFirst) this.#blindTries = 0;
      this.#become("waiting", { until: Date.now() + next.delayMs, firm: next.firm });
      this.#timers.retry = setTimeout(() => this.#connect(), next.delayMs);
    }
  }

  #tearDown(code) {
    this.#generation += 1;
    for (const timer of Object.values(this.#timers)) clearTimeout(timer);
    const socket = this.#socket;
    this.#socket = null;
    this.#held = null;
    this.#retryAfterMs = null;
    this.#heardAt = this.#pingedAt = 0;
    if (socket) {
      socket.onmessage = socket.onclose = null; // a dead line's close may take a minute to report: do not wait for it
      socket.close(code);
    }
    for (const { reject, timer } of this.#replies.values()) {
      clearTimeout(timer);
      reject(lost());
    }
    this.#replies.clear();
  }

  #become(name, more = {}) {
    this.#state = { name, ...more };
    this.dispatchEvent(new CustomEvent("state", { detail: this.#state }));
  }
}

function lost() {
  return new Problem({ code: "connection_lost", detail: "The connection was lost." });
}

// What stopped us before there was a socket, told in the close code that would have said the same.
function codeFor(problem) {
  if (!(problem instanceof Problem)) {
    console.error(problem);
    return 1011;
  }
  if (problem.status === 401) return 4001;
  if (problem.status === 403) return 4003;
  return 1006;
}

function waitNamedIn(reason) {
  const named = /retry_after_ms\D{0,4}(\d+)/.exec(reason ?? "") ?? /^(\d+)$/.exec(reason ?? "");
  return named ? Number(named[1]) : null;
}
