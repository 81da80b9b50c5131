// Whatever happens to the network and the server, each durable event is heard once and in order (a random test against a plain log).

import assert from "node:assert/strict";
import { test } from "node:test";
import { connect, welcome } from "../support/chat.js";
import { randomFrom } from "../support/environment.js";

const RUNS = 25;
const STEPS = 60;
const first = Number(process.env.SEED ?? Date.now() % 1_000_000);

/** The server's log: it may forget what is older than `forgotten`, and a backup without the newest events may be put back. */
class Log {
  epoch = 1;
  ids = [];
  forgotten = 0;
  lastId = 100;

  add(random) {
    this.lastId += 1 + Math.floor(random() * 3); // ids rise, with gaps
    this.ids.push(this.lastId);
  }

  /** What a client that says where it stands is told first. */
  welcome(since, user) {
    const resumed = since >= this.forgotten && since <= this.lastId;
    return welcome({ resumed, epoch: `e${this.epoch}`, user: { user_id: user } });
  }

  after(cursor) {
    return this.ids.filter((id) => id > cursor);
  }
}

for (let run = 0; run < RUNS; run += 1) {
  const seed = first + run;
  test(`seed ${seed}`, async () => {
    const random = randomFrom(seed);
    const log = new Log();
    let heard = []; // since the last loaded state
    let loaded = null;
    const resync = async (isWanted) => {
      const state = { cursor: log.lastId, epoch: `e${log.epoch}`, userId: "alice" };
      if (random() < 0.5) await new Promise((resolve) => chat.clock.setTimeout(resolve, random() * 50));
      if (isWanted()) [loaded, heard] = [state, []];
      return state;
    };
    const chat = connect({ resync });
    chat.connection.addEventListener("server-event", ({ detail }) => heard.push(detail.id));

    // Of each socket, how far the server has sent; nothing before its handshake.
    const sent = new Map();
    const server = (socket) => {
      if (socket.readyState === 0 && random() < 0.8) {
        socket.open();
        const since = Number(socket.query("since"));
        const greeting = log.welcome(since, "alice");
        // Without a resume, only what is new follows: the state has the rest.
        sent.set(socket, greeting.data.resumed ? since : log.lastId);
        socket.receive(greeting);
      }
      if (!sent.has(socket)) return;
      for (const id of log.after(sent.get(socket))) {
        if (random() < 0.2) break;
        sent.set(socket, id);
        socket.receive({ event: "new_message", id, data: {} });
      }
    };

    for (let step = 0; step < STEPS; step += 1) {
      const socket = chat.WebSocket.last;
      const dice = random();
      if (dice < 0.35) log.add(random);
      else if (dice < 0.65 && socket) server(socket);
      else if (dice < 0.75 && socket) socket.end([1006, 1012, 4009, 4010, 1013][Math.floor(random() * 5)]);
      else if (dice < 0.8) chat.environment.signals.dispatchEvent(new Event(random() < 0.5 ? "offline" : "wake"));
      else if (dice < 0.83) log.forgotten = log.lastId;
      else if (dice < 0.85) {
        log.epoch += 1;
        log.ids = log.ids.slice(0, -2);
        if (socket) socket.end(1006);
      } else await chat.clock.advance(random() * 2_000);
      await chat.clock.advance(0);
    }

    // Peace: every wait ends, and the server tells all that it has.
    for (let round = 0; round < 60; round += 1) {
      await chat.clock.advance(2_000);
      const socket = chat.WebSocket.last;
      if (socket && socket.readyState < 2) server(socket);
      socket?.receive({ event: "pong" });
    }
    assert.equal(chat.connection.isOnline, true);
    assert.deepEqual(heard, log.after(loaded.cursor));
    assert.equal(chat.connection.position.cursor, heard.at(-1) ?? loaded.cursor);
  });
}
