// Holds pictures as blob URLs: the server asks for the access token, which an <img> cannot send.

const UNUSED_MAX = 200;
const UNUSED_BYTES_MAX = 16 * 1024 * 1024;

// Other types must not become a document of this site, which a picture opened in a tab of its own is.
const TYPES = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"];

/** @typedef {{url: string|null, blob: Blob|null, bytes: number, users: number, isDropped: boolean, promise: Promise<string|null>}} Entry */

/** Pictures by the path that the server names. Those that are not shown any more are kept as far as the bounds allow, and then revoked. */
export class Images {
  #api;
  #urls;
  /** @type {Map<string, Entry>} */
  #entries = new Map(); // by path; those that were released last are at the end

  /** @param {{api: {blob(path: string): Promise<Blob>}, urls?: {createObjectURL(blob: Blob): string, revokeObjectURL(url: string): void}}} options */
  constructor({ api, urls = URL }) {
    this.#api = api;
    this.#urls = urls;
  }

  /** Whether the picture is there, so that it can be shown at once. */
  has(/** @type {string} */ path) {
    return Boolean(this.#entries.get(path)?.url);
  }

  /** The bytes of a picture that is there. */
  blob(/** @type {string} */ path) {
    return this.#entries.get(path)?.blob ?? null;
  }

  /**
   * Holds a picture until `release()` is called. Returns `{url, loaded, release}`: `url` is null until it is loaded, `loaded` a promise of
   * the URL, which rejects with a Problem.
   *
   * @param {string} path
   */
  acquire(path) {
    const entry = this.#entries.get(path) ?? this.#load(path);
    entry.users += 1;
    let isHeld = true;
    const release = () => {
      if (isHeld) this.#release(path, entry);
      isHeld = false;
    };
    return { url: entry.url, loaded: entry.promise, release };
  }

  /** Revokes all pictures: another user must not see them. */
  clear() {
    for (const path of [...this.#entries.keys()]) this.#drop(path);
  }

  /** @param {string} path */
  #load(path) {
    /** @type {Entry} */
    const entry = { url: null, blob: null, bytes: 0, users: 0, isDropped: false, promise: Promise.resolve(null) };
    entry.promise = this.#api.blob(path).then(
      (blob) => {
        if (!entry.isDropped) {
          entry.url = this.#urls.createObjectURL(TYPES.includes(blob.type) ? blob : new Blob([blob], { type: "application/octet-stream" }));
          entry.blob = blob;
          entry.bytes = blob.size;
          this.#trim();
        }
        return entry.url;
      },
      (problem) => {
        if (this.#entries.get(path) === entry) this.#entries.delete(path); // the next one to show it tries again
        throw problem;
      },
    );
    this.#entries.set(path, entry);
    return entry;
  }

  /** @param {string} path @param {Entry} entry */
  #release(path, entry) {
    entry.users -= 1;
    if (entry.users > 0 || this.#entries.get(path) !== entry) return;
    this.#entries.delete(path);
    this.#entries.set(path, entry);
    this.#trim();
  }

  #trim() {
    const unused = [...this.#entries].filter(([, { users }]) => users === 0);
    let bytes = unused.reduce((sum, [, entry]) => sum + entry.bytes, 0);
    let count = unused.length;
    for (const [path, entry] of unused) {
      if (count <= UNUSED_MAX && bytes <= UNUSED_BYTES_MAX) return;
      this.#drop(path);
      count -= 1;
      bytes -= entry.bytes;
    }
  }

  /** @param {string} path */
  #drop(path) {
    const entry = this.#entries.get(path);
    this.#entries.delete(path);
    if (!entry) return;
    entry.isDropped = true;
    if (entry.url) this.#urls.revokeObjectURL(entry.url);
  }
}
