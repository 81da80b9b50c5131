// The people that the composer offers: who spoke lately in the room, and its members, for whom the server is asked while the user types.

import { matchingPeople, speakers } from "./completions.js";

const ASK_AFTER_MS = 150; // without a key
const MEMBERS_MAX = 20; // an answer
const ANSWERS_MAX = 100;

/** @typedef {import("./completions.js").Person} Person */

export class PeopleSource {
  #element;
  #limit;
  #onAnswer;
  /** @type {string | null} */ #roomId = null;
  /** @type {Map<string, Person[]>} of this room, by query */ #answers = new Map();
  /** @type {AbortController | null} */ #asking = null;
  /** @type {() => void} */ #cancel = () => {};

  /**
   * @param {import("../parts/element.js").Element} element in the page
   * @param {{ limit: number, onAnswer: () => void }} options `onAnswer`: more people may be found now
   */
  constructor(element, { limit, onAnswer }) {
    this.#element = element;
    this.#limit = limit;
    this.#onAnswer = onAnswer;
  }

  /** @param {string | null} roomId */
  open(roomId) {
    this.stop();
    this.#roomId = roomId;
    this.#answers.clear();
  }

  /** Asks no more. */
  stop() {
    this.#asking?.abort();
    this.#cancel();
  }

  /**
   * The best that are known now; the server is asked for more.
   * @param {string} query
   */
  find(query) {
    const { store } = this.#element.context;
    const wanted = query.toLowerCase();
    const answer = this.#answers.get(wanted);
    // Until the server answers, what it has said to a shorter query.
    const known = answer ?? [...this.#answers].reverse().find(([earlier]) => wanted.startsWith(earlier))?.[1] ?? [];
    const other = store.rooms.get(this.#roomId)?.with;
    const people = [...speakers(store.timeline(this.#roomId), store.users), ...(other ? [other] : []), ...known];
    if (!answer) this.#ask(wanted);
    return matchingPeople(query, people, { without: store.me.user_id, limit: this.#limit });
  }

  /** @param {string} query */
  #ask(query) {
    this.stop();
    const { signal } = (this.#asking = new AbortController());
    this.#cancel = this.#element.later(ASK_AFTER_MS, async () => {
      try {
        const search = { q: query || undefined, limit: MEMBERS_MAX };
        const { items } = await this.#element.context.api.members(this.#roomId, search, { signal });
        if (signal.aborted) return;
        if (this.#answers.size >= ANSWERS_MAX) this.#answers.clear();
        this.#answers.set(
          query,
          items.map((/** @type {{ user: Person }} */ { user }) => user),
        );
        this.#onAnswer();
      } catch {
        // The name can be written in full; the next key asks again.
      }
    });
  }
}
