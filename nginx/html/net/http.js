// Sends JSON over fetch, gets files, and turns error responses into Problems: what every call throws.

/** @typedef {import("./environment.js").Environment} Environment */

const REQUEST_TIMEOUT_MS = 15_000; // without an answer, or a part of it: the state of a large account takes long over a slow line
const DOWNLOAD_TIMEOUT_MS = 10 * 60_000; // of a large file over a slow line

/**
 * Returns the response's JSON (null if it is empty); throws a Problem for an error status, if nothing of the response comes in time, or, with
 * the code `cancelled`, after `signal` was aborted.
 *
 * @param {Environment} environment
 * @param {string} method
 * @param {URL} url
 * @param {{body?: any, headers?: Object<string, string>, timeoutMs?: number, signal?: AbortSignal, keepalive?: boolean}} options
 *   `keepalive`: the request outlives the page
 * @returns {Promise<any>}
 */
export async function fetchJSON(environment, method, url, { body, headers = {}, timeoutMs = REQUEST_TIMEOUT_MS, signal, keepalive } = {}) {
  /** @type {RequestInit & {headers: Object<string, string>}} */
  const init = { method, headers: { Accept: "application/json", ...headers }, cache: "no-store" };
  if (keepalive) init.keepalive = true;
  if (body !== undefined) {
    init.headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(body);
  }
  return parse(await request(environment, url, init, textOf, timeoutMs, signal));
}

/**
 * Returns the response's body; throws as `fetchJSON`. The browser may answer from its cache.
 *
 * @param {Environment} environment
 * @param {URL} url
 * @param {{headers?: Object<string, string>, timeoutMs?: number, signal?: AbortSignal}} options
 * @returns {Promise<Blob>}
 */
export function fetchBlob(environment, url, { headers = {}, timeoutMs = DOWNLOAD_TIMEOUT_MS, signal } = {}) {
  return request(environment, url, { headers }, (response) => response.blob(), timeoutMs, signal);
}

/**
 * The body of a successful response, as `read` reads it.
 *
 * @template T
 * @param {Environment} environment
 * @param {URL} url
 * @param {RequestInit} init
 * @param {(response: Response, goesOn: () => void) => Promise<T>} read calls `goesOn` to have another `timeoutMs`
 * @param {number} timeoutMs
 * @param {AbortSignal} [signal]
 * @returns {Promise<T>}
 */
export async function request(environment, url, init, read, timeoutMs, signal) {
  if (signal?.aborted) throw cancelled();
  const controller = new AbortController();
  const abort = () => controller.abort();
  /** @type {any} */ let timer = null;
  const goesOn = () => {
    environment.clearTimeout(timer);
    timer = environment.setTimeout(abort, timeoutMs);
  };
  goesOn();
  signal?.addEventListener("abort", abort);
  let response;
  let text;
  try {
    response = await environment.fetch(url, { credentials: "same-origin", ...init, signal: controller.signal });
    if (response.ok) return await read(response, goesOn);
    text = await response.text();
  } catch {
    throw signal?.aborted ? cancelled() : unreachable();
  } finally {
    environment.clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
  throw problemOf(response.status, text, response.headers.get("Retry-After"));
}

/**
 * @param {Response} response
 * @param {() => void} goesOn
 */
async function textOf(response, goesOn) {
  if (!response.body) return response.text();
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    goesOn();
    text += decoder.decode(part.value, { stream: true });
  }
  return text + decoder.decode();
}

/** An error response of the server (RFC 9457), or a failure to reach it (`status` 0). */
export class Problem extends Error {
  /**
   * @param {{status?: number, code?: string, title?: string, detail?: string, errors?: any, retry_after_ms?: any, request_id?: string|null}}
   *   members of the problem document
   */
  constructor({ status = 0, code = "unknown", title, detail, errors, retry_after_ms, request_id } = {}) {
    super(detail || title || code);
    this.name = "Problem";
    this.status = status;
    this.code = code;
    /** @type {{field?: string, code?: string, detail?: string}[]} */
    this.errors = Array.isArray(errors) ? errors : [];
    /** @type {number|null} */
    this.retryAfterMs = Number.isFinite(retry_after_ms) ? retry_after_ms : null;
    /** @type {string|null} */
    this.requestId = request_id ?? null;
  }

  /** The same request may succeed later: a network failure, a timeout, a rate limit or a server error. */
  get isTransient() {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

/**
 * The text to show for an error: the details of its invalid fields if it names any, else its message.
 *
 * @param {any} error
 * @returns {string}
 */
export function errorText(error) {
  const details = (error.errors ?? []).map((/** @type {any} */ { detail }) => detail).filter(Boolean);
  return details.length ? details.join(" ") : error.message;
}

/**
 * The Problem of an error response, from its status, its body and its header `Retry-After`.
 *
 * @param {number} status
 * @param {string} text
 * @param {string|null} retryAfter
 */
export function problemOf(status, text, retryAfter) {
  const seconds = Number.parseFloat(retryAfter ?? "");
  return new Problem({
    title: `The server answered ${status}.`,
    retry_after_ms: Number.isFinite(seconds) ? seconds * 1000 : undefined,
    ...parse(text),
    status,
  });
}

/**
 * The JSON of a body, or null. A proxy in between may answer with HTML: that is a Problem without a code, not a crash.
 *
 * @param {string} text
 */
export function parse(text) {
  if (!text) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The Problem of a server that was not reached. */
export function unreachable() {
  return new Problem({ code: "network", detail: "The server cannot be reached." });
}

/** The Problem of a request that its caller gave up. */
export function cancelled() {
  return new Problem({ code: "cancelled", detail: "The request was cancelled." });
}

/** The Problem of a command whose connection ended before its reply. */
export function connectionLost() {
  return new Problem({ code: "connection_lost", detail: "The connection was lost." });
}
