// The settings of this device: how the page looks and sounds here, for all users of it.

/** What may be set, each with its default first; a list of null takes any short text. */
const CHOICES = {
  theme: ["system", "light", "dark"],
  accent: ["indigo", "teal", "green", "amber", "rose", "violet"],
  density: ["comfortable", "compact"],
  roomRows: ["one line", "two lines"],
  language: [null], // a code such as "de"; empty: as the browser says
  sound: [true, false],
  notifications: [false, true],
  quietUntil: [null], // a time, until which nothing disturbs here
  lastEmoji: [null], // those taken last, the newest first, with spaces between
  emojiTone: [null], // a skin tone; empty: none
  collapsed: [null], // names of sections of the sidebar, with spaces between
};

const TEXT_MAX = 200; // characters

/** @typedef {keyof typeof CHOICES} Name */

/**
 * Settings are kept in localStorage, which tabs share; where it is forbidden or full, they hold as long as the tab.
 *
 * Topic of `changes`: `settings`, with `{name}`.
 */
export class Settings {
  #storage;
  #changes;
  #key;
  /** @type {Map<string, any>} */
  #values;

  /**
   * @param {object} options
   * @param {() => Storage|null} options.storage may throw: browsers do so for the mere look at a forbidden localStorage
   * @param {{tell: (topic: string, delta: object) => void}} options.changes
   * @param {EventTarget} [options.page] whose `storage` events tell what other tabs have set
   * @param {AbortSignal} [options.signal] ends it
   * @param {string} [options.key]
   */
  constructor({ storage, changes, page, signal, key = "echochat-settings" }) {
    this.#storage = storage;
    this.#changes = changes;
    this.#key = key;
    this.#values = this.#read();
    const heard = (/** @type {any} */ event) => {
      if (event.key === key || event.key === null) this.#become(this.#read());
    };
    page?.addEventListener("storage", heard, { signal });
  }

  /** @param {Name} name @returns {any} */
  get(name) {
    return this.#values.get(name) ?? CHOICES[name][0] ?? "";
  }

  /** @param {Name} name @param {any} value */
  set(name, value) {
    if (!isAllowed(name, value)) throw new TypeError(`${name} cannot be ${value}`);
    this.#become(new Map([...this.#read(), ...this.#values, [name, value]]));
    try {
      this.#storage()?.setItem(this.#key, JSON.stringify(Object.fromEntries(this.#values)));
    } catch {
      // Forbidden or full: it holds as long as this tab.
    }
  }

  /**
   * What may be chosen for a setting; empty for a text.
   * @param {Name} name
   */
  choices(name) {
    return /** @type {any[]} */ (CHOICES[name]).filter((choice) => choice !== null);
  }

  /**
   * What is stored may be of another version of the page: what is not allowed counts as not set.
   * @returns {Map<string, any>}
   */
  #read() {
    try {
      const stored = Object.entries(JSON.parse(this.#storage()?.getItem(this.#key) ?? "{}") ?? {});
      return new Map(stored.filter(([name, value]) => isAllowed(name, value)));
    } catch {
      return new Map();
    }
  }

  /** @param {Map<string, any>} values */
  #become(values) {
    const before = this.#values;
    this.#values = values;
    for (const name of /** @type {Name[]} */ (Object.keys(CHOICES))) {
      if (before.get(name) !== values.get(name)) this.#changes.tell("settings", { name });
    }
  }
}

/** @param {string} name @param {any} value */
function isAllowed(name, value) {
  if (!Object.hasOwn(CHOICES, name)) return false;
  /** @type {any[]} */
  const choices = CHOICES[/** @type {Name} */ (name)];
  return choices[0] === null ? typeof value === "string" && value.length <= TEXT_MAX : choices.includes(value);
}
