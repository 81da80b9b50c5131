// Finds people by name: at once those that are known here, then what the server finds. The user is left out, if not asked for.

import { matching } from "./name-match.js";

const SEARCH_AFTER_MS = 200;
const FOUND_MAX = 20;

/** @typedef {import("../state/types.js").User} User */

/** The last search counts: answers to earlier ones are not told. */
export class PeopleSearch {
  #context;
  #onFound;
  /** @type {string | null} */ #without;
  /** @type {any} */ #timer = null;
  /** @type {AbortController | null} */ #asking = null;

  /**
   * @param {any} context
   * @param {(people: User[], state: { isComplete: boolean }) => void} onFound called again with more
   * @param {{ withMe?: boolean }} options
   */
  constructor(context, onFound, { withMe = false } = {}) {
    this.#without = withMe ? null : context.store.me?.user_id;
    this.#context = context;
    this.#onFound = onFound;
  }

  /** @param {string} query */
  search(query) {
    this.stop();
    const q = query.trim().replace(/^@/, "");
    const known = q ? this.#known(q) : [];
    this.#onFound(known, { isComplete: q === "" });
    if (q) this.#timer = this.#context.clock.setTimeout(() => this.#ask(q, known), SEARCH_AFTER_MS);
  }

  /** Takes back the search. */
  stop() {
    this.#context.clock.clearTimeout(this.#timer);
    this.#asking?.abort();
    this.#asking = null;
  }

  /**
   * @param {string} q
   * @returns {User[]}
   */
  #known(q) {
    const { store } = this.#context;
    const people = [...store.users.values()].filter((user) => user.user_id !== this.#without && user.username);
    return matching(
      q,
      people.map((user) => ({ user, ...namesOf(user) })),
      FOUND_MAX,
    ).map(({ user }) => user);
  }

  /**
   * @param {string} q
   * @param {User[]} known
   */
  async #ask(q, known) {
    const asking = (this.#asking = new AbortController());
    /** @type {User[]} */
    let found = [];
    try {
      found = (await this.#context.api.users({ q, limit: FOUND_MAX }, { signal: asking.signal })).items;
    } catch {
      // Those that are known here are offered all the same.
    }
    if (asking.signal.aborted) return;
    this.#onFound(
      joined(
        known,
        found.filter((user) => user.user_id !== this.#without),
      ).slice(0, FOUND_MAX),
      { isComplete: true },
    );
  }
}

/**
 * What is on the screen already stays where it is; what is new follows it, with what the server says of each.
 * @param {readonly User[]} known
 * @param {readonly User[]} found
 * @returns {User[]}
 */
export function joined(known, found) {
  const users = new Map(known.map((user) => [user.user_id, user]));
  for (const user of found) users.set(user.user_id, { ...users.get(user.user_id), ...user });
  return [...users.values()];
}

/** @param {User} user */
export function namesOf(user) {
  return { name: user.display_name || user.username || "", hint: user.username ?? "" };
}
