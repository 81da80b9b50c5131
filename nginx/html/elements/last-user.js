// Remembers whose session this browser has, so that the page opens before the server is asked.

/** `get()` is null if nobody is remembered, or storage is forbidden: then the visit begins by asking the server. */
export class LastUser {
  #key;

  /** @param {string | null} path of the site; null: nobody is remembered */
  constructor(path) {
    this.#key = path === null ? null : `echochat-user-${path}`;
  }

  get() {
    try {
      return this.#key && localStorage.getItem(this.#key);
    } catch {
      return null;
    }
  }

  /** @param {string | null} userId */
  set(userId) {
    if (!this.#key) return;
    try {
      if (userId) localStorage.setItem(this.#key, userId);
      else localStorage.removeItem(this.#key);
    } catch {
      // Forbidden or full.
    }
  }
}
