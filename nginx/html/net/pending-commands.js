// Matches the server's replies to the commands that wait for them, by ref.

import { Problem } from "./http.js";

export class PendingCommands {
  #commands = new Map(); // ref → {resolve, reject, timer}
  #lastRef = 0;

  /** Calls `send(ref)` with a new ref and returns a promise of its reply; rejects with a `timeout` Problem after `timeoutMs`. */
  add(timeoutMs, send) {
    const ref = `c${++this.#lastRef}`;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#commands.delete(ref);
        reject(new Problem({ code: "timeout", detail: "The server did not answer in time." }));
      }, timeoutMs);
      this.#commands.set(ref, { resolve, reject, timer });
      send(ref);
    });
  }

  resolve(ref, data) {
    this.#take(ref)?.resolve(data);
  }

  reject(ref, problem) {
    this.#take(ref)?.reject(problem);
  }

  /** Rejects all with the Problem that `makeProblem` makes for each. */
  rejectAll(makeProblem) {
    for (const { reject, timer } of this.#commands.values()) {
      clearTimeout(timer);
      reject(makeProblem());
    }
    this.#commands.clear();
  }

  // Undefined if the reply comes after the timeout.
  #take(ref) {
    const command = this.#commands.get(ref);
    this.#commands.delete(ref);
    clearTimeout(command?.timer);
    return command;
  }
}
