// Matches the server's replies to the commands that wait for them, by ref.

import { Problem } from "./http.js";

/** @typedef {import("./environment.js").Environment} Environment */
/** @typedef {{resolve: (data: any) => void, reject: (problem: Problem) => void, timers: any[]}} PendingCommand */

const SLOW_AFTER_MS = 3_000;

export class PendingCommands {
  #environment;
  #onSlow;
  /** @type {Map<string, PendingCommand>} by ref */
  #commands = new Map();
  #lastRef = 0;

  /** @param {{environment: Environment, onSlow: () => void}} options `onSlow` is called if a reply takes longer than usual */
  constructor({ environment, onSlow }) {
    this.#environment = environment;
    this.#onSlow = onSlow;
  }

  /**
   * Calls `send(ref)` with a new ref and returns a promise of its reply; rejects with a `timeout` Problem after `timeoutMs`.
   *
   * @param {number} timeoutMs
   * @param {(ref: string) => void} send
   * @returns {Promise<any>}
   */
  add(timeoutMs, send) {
    const environment = this.#environment;
    const ref = `c${++this.#lastRef}`;
    return new Promise((resolve, reject) => {
      const expire = () => this.reject(ref, new Problem({ code: "timeout", detail: "The server did not answer in time." }));
      const timers = [environment.setTimeout(this.#onSlow, SLOW_AFTER_MS), environment.setTimeout(expire, timeoutMs)];
      this.#commands.set(ref, { resolve, reject, timers });
      send(ref);
    });
  }

  /**
   * @param {string|undefined} ref
   * @param {any} data
   */
  resolve(ref, data) {
    this.#take(ref)?.resolve(data);
  }

  /**
   * @param {string|undefined} ref
   * @param {Problem} problem
   */
  reject(ref, problem) {
    this.#take(ref)?.reject(problem);
  }

  /**
   * Rejects all with the Problem that `makeProblem` makes for each.
   * @param {() => Problem} makeProblem
   */
  rejectAll(makeProblem) {
    for (const ref of [...this.#commands.keys()]) this.reject(ref, makeProblem());
  }

  /**
   * Undefined if the reply comes after the timeout.
   * @param {string|undefined} ref
   */
  #take(ref) {
    const command = this.#commands.get(ref ?? "");
    if (!command) return undefined;
    this.#commands.delete(ref ?? "");
    command.timers.forEach(this.#environment.clearTimeout);
    return command;
  }
}
