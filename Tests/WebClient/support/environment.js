// An environment for net/ and state/ in which nothing happens by itself.

import { FakeClock } from "./clock.js";
import { fakeWebSocket } from "./socket.js";

/** Random numbers from 0 to 1 that are the same for each seed (mulberry32). */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A lock for `environment.lock`: one piece of work at a time for each name. Give the same to several environments: they are tabs. */
export function fakeLock() {
  const last = new Map();
  return (name, work) => {
    const result = (last.get(name) ?? Promise.resolve()).then(work);
    last.set(
      name,
      result.catch(() => {}),
    );
    return result;
  };
}

/** All members of an environment; `clock`, and any member by its name, can be given. */
export function fakeEnvironment({ clock = new FakeClock(), seed = 1, ...members } = {}) {
  let count = 0;
  return {
    clock,
    now: clock.now,
    setTimeout: clock.setTimeout,
    clearTimeout: clock.clearTimeout,
    random: randomFrom(seed),
    randomUUID: () => `00000000-0000-4000-8000-${String(++count).padStart(12, "0")}`,
    fetch: () => Promise.reject(new TypeError("the network is down")),
    WebSocket: fakeWebSocket(),
    XMLHttpRequest: null,
    lock: fakeLock(),
    signals: new EventTarget(),
    ...members,
  };
}
