// Sends the requests of REST calls in the name of a session, and follows the pages of their lists.

import { fetchBlob, fetchJSON, Problem, unreachable } from "./http.js";

/** @typedef {import("./environment.js").Environment} Environment */
/** @typedef {import("./upload.js").UploadOptions} UploadOptions */
/** @typedef {{token: () => Promise<string>, refresh: () => Promise<string>, currentToken: string|null}} TokenSource */
/**
 * @typedef {object} CallOptions
 * @property {Object<string, any>} [query] parameters; those that are null, undefined or empty are left out
 * @property {any} [body]
 * @property {Object<string, string>} [headers]
 * @property {boolean} [keepalive] the request, of a few kB, outlives the page
 * @property {AbortSignal} [signal] gives the request up: it throws a Problem with the code `cancelled`
 */

/**
 * A path with its values encoded: path`rooms/${roomId}/members`.
 *
 * @param {TemplateStringsArray} words
 * @param {...(string|number)} values
 */
export function path(words, ...values) {
  return words.reduce((text, word, at) => text + segment(values[at - 1]) + word);
}

/**
 * One segment of a path. Dots alone, encoded or not, would name another path: encoded twice they name what does not exist.
 * @param {string|number} value
 */
function segment(value) {
  return encodeURIComponent(value).replace(/^\.{1,2}$/, (dots) => "%252E".repeat(dots.length));
}

/**
 * The pages of a list. Throws a Problem if a cursor comes again or if there are more than `pagesMax` pages: the list of a server that has a
 * fault may not end.
 *
 * @template {{next_cursor?: string | null}} Page
 * @param {(cursor: string | null) => Promise<Page>} load
 * @param {{from?: string | null, pagesMax: number}} options `from`: the cursor to begin with
 */
export async function* listPages(load, { from = null, pagesMax }) {
  /** @type {Set<string | null>} */
  const seen = new Set();
  let cursor = from;
  for (let pages = 0; pages < pagesMax && !seen.has(cursor); pages += 1) {
    seen.add(cursor);
    const page = await load(cursor);
    yield page;
    cursor = page.next_cursor ?? null;
    if (cursor === null) return;
  }
  throw new Problem({ status: 500, code: "internal_error", detail: "The list of the server does not end." });
}

export class Requests {
  #base;
  #session;
  #environment;

  /**
   * @param {{base: URL, session: TokenSource, environment: Environment}} options `base`: the URL that paths lie below
   */
  constructor({ base, session, environment }) {
    this.#base = base;
    this.#session = session;
    this.#environment = environment;
  }

  /**
   * Calls as the signed-in user. After a 401 it is repeated once with a new token.
   *
   * @param {string} method
   * @param {string} path
   * @param {CallOptions} options
   * @returns {Promise<any>}
   */
  call(method, path, { query, body, headers = {}, signal, keepalive } = {}) {
    const url = this.#url(path, query);
    return this.#authorized((authorization) =>
      fetchJSON(this.#environment, method, url, { body, headers: { ...headers, ...authorization }, signal, keepalive }),
    );
  }

  /**
   * Calls as nobody.
   *
   * @param {string} method
   * @param {string} path
   * @param {CallOptions} options
   * @returns {Promise<any>}
   */
  open(method, path, { query, body, headers, signal } = {}) {
    return fetchJSON(this.#environment, method, this.#url(path, query), { body, headers, signal });
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {Blob} file
   * @param {Object<string, string>} headers
   * @param {UploadOptions} [options]
   * @returns {Promise<any>}
   */
  async upload(method, path, file, headers, options = {}) {
    const url = this.#url(path);
    const { upload } = await import("./upload.js").catch(() => Promise.reject(unreachable())); // most visits need it not
    return this.#authorized((authorization) =>
      upload(this.#environment, method, url, file, { ...options, headers: { ...headers, ...authorization } }),
    );
  }

  /**
   * @param {string} path
   * @param {{signal?: AbortSignal}} options
   * @returns {Promise<Blob>}
   */
  blob(path, { signal } = {}) {
    const url = new URL(path.replace(/^\/api\/v1\//, ""), this.#base); // the site may lie below a path
    return this.#authorized((headers) => fetchBlob(this.#environment, url, { headers, signal }));
  }

  /**
   * @param {string} path
   * @param {Object<string, any>} [query]
   */
  #url(path, query = {}) {
    const url = new URL(path, this.#base);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined && value !== null && value !== "") url.searchParams.set(name, value);
    }
    return url;
  }

  /**
   * @template T
   * @param {(authorization: Object<string, string>) => Promise<T>} request
   * @returns {Promise<T>}
   */
  async #authorized(request) {
    const send = (/** @type {string} */ token) => request({ Authorization: `Bearer ${token}` });
    const token = await this.#session.token();
    try {
      return await send(token);
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.status !== 401) throw problem;
      if (problem.code === "bad_credentials") throw problem; // that is about the password in the request
      // Retried once only: a 401 for a new token is final.
      return send(token === this.#session.currentToken ? await this.#session.refresh() : await this.#session.token());
    }
  }
}
