// A WebSocket whose other end is the test.

/** What a client sees is as in a browser; a test sees `sent` and `closedWith`, and speaks by `open`, `receive` and `end`. */
export class FakeSocket {
  static CONNECTING = 0;
  static OPEN = 1;
  static CLOSING = 2;
  static CLOSED = 3;

  readyState = FakeSocket.CONNECTING;
  onopen = null;
  onmessage = null;
  onerror = null;
  onclose = null;

  sent = []; // the frames of the client, parsed
  closedWith = null; // `{code, reason}` of the client's close

  constructor(url, protocols = []) {
    this.url = String(url);
    this.protocols = [protocols].flat();
  }

  // ---- the client's side ----

  send(text) {
    if (this.readyState === FakeSocket.CONNECTING) throw new Error("InvalidStateError: the socket is not open yet");
    if (this.readyState === FakeSocket.OPEN) this.sent.push(JSON.parse(text));
  }

  close(code = 1005, reason = "") {
    if (code !== 1005 && code !== 1000 && !(code >= 3000 && code <= 4999)) throw new Error(`InvalidAccessError: close code ${code}`);
    this.closedWith ??= { code, reason };
    if (this.readyState < FakeSocket.CLOSING) this.readyState = FakeSocket.CLOSING;
  }

  // ---- the test's side ----

  /** The value of a query parameter that the client connected with. */
  query(name) {
    return new URL(this.url).searchParams.get(name);
  }

  /** The handshake succeeds. */
  open(protocol = this.protocols[0] ?? "") {
    this.protocol = protocol;
    this.readyState = FakeSocket.OPEN;
    this.onopen?.({ type: "open" });
  }

  /** The client gets a frame: an object is sent as JSON, a string as it stands. */
  receive(frame) {
    if (this.readyState === FakeSocket.OPEN) this.onmessage?.({ data: typeof frame === "string" ? frame : JSON.stringify(frame) });
  }

  /** The server ends the connection; or the handshake or the network fails, which browsers report as 1006. */
  end(code = 1006, reason = "") {
    this.readyState = FakeSocket.CLOSED;
    if (code === 1006) this.onerror?.({ type: "error" });
    this.onclose?.({ code, reason, wasClean: code !== 1006 });
  }

  /** The frames that the client has sent since the last call. */
  take() {
    return this.sent.splice(0);
  }

  /** Answers the client's oldest command of this name that was not answered, by `ok`; returns the command. */
  answer(event, data = {}) {
    return this.#answer(event, { event: "ok", data });
  }

  /** As `answer`, by an error frame with this problem. */
  refuse(event, problem) {
    return this.#answer(event, { event: "error", data: problem });
  }

  #answer(event, reply) {
    const at = this.sent.findIndex((frame) => frame.event === event && frame.ref !== undefined);
    if (at < 0) throw new Error(`the client has sent no ${event}: ${JSON.stringify(this.sent)}`);
    const [command] = this.sent.splice(at, 1);
    this.receive({ ...reply, ref: command.ref });
    return command;
  }
}

/** A class for `environment.WebSocket` that keeps its sockets in `all`, the newest as `last`. */
export function fakeWebSocket() {
  return class extends FakeSocket {
    /** @type {FakeSocket[]} */
    static all = [];

    static get last() {
      return this.all[this.all.length - 1];
    }

    constructor(url, protocols) {
      super(url, protocols);
      this.constructor.all.push(this);
    }
  };
}
