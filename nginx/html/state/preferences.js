// Holds what the user has set on the server, for all their devices.

/** Topic of `changes`: `preferences`, with `{name}`. */
export class Preferences {
  #api;
  #changes;
  /** @type {Record<string, any>} */
  #values = {};

  /** @param {{api: {preferences(): Promise<any>, updatePreferences(changes: object): Promise<any>}, changes: import("./changes.js").Changes}} options */
  constructor({ api, changes }) {
    this.#api = api;
    this.#changes = changes;
  }

  /**
   * The value of one; undefined as long as the server has not told it.
   * @param {string} name
   */
  get(name) {
    return this.#values[name];
  }

  /** Reads them; after a failure they stay as they are. */
  async fetch() {
    try {
      this.load(await this.#api.preferences());
    } catch {
      // Events bring later ones.
    }
  }

  /**
   * Changes some; throws a Problem if the server refuses.
   * @param {Record<string, any>} changes
   */
  async set(changes) {
    const values = await this.#api.updatePreferences(changes);
    this.load({ ...this.#values, ...changes, ...values });
  }

  /**
   * Takes those that the server has told.
   * @param {Record<string, any>} values
   */
  load(values) {
    const before = this.#values;
    this.#values = { ...values };
    for (const name of new Set([...Object.keys(before), ...Object.keys(values)])) {
      if (JSON.stringify(before[name]) !== JSON.stringify(values[name])) this.#changes.tell("preferences", { name });
    }
  }
}
