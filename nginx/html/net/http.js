// Sends JSON over fetch, gets files, and turns error responses into Problems.

import { cancelled, parse, problemOf, unreachable } from "./problem.js";

/** @typedef {import("./environment.js").Environment} Environment */

const REQUEST_TIMEOUT_MS = 15_000;
const DOWNLOAD_TIMEOUT_MS = 10 * 60_000; // of a large file over a slow line

/**
 * Returns the response's JSON (null if it is empty); throws a Problem for an error status, if there is no response in time, or, with the
 * code `cancelled`, after `signal` was aborted.
 *
 * @param {Environment} environment
 * @param {string} method
 * @param {URL} url
 * @param {{body?: any, headers?: Object<string, string>, timeoutMs?: number, signal?: AbortSignal}} options
 * @returns {Promise<any>}
 */
export async function fetchJSON(environment, method, url, { body, headers = {}, timeoutMs = REQUEST_TIMEOUT_MS, signal } = {}) {
  /** @type {RequestInit & {headers: Object<string, string>}} */
  const init = { method, headers: { Accept: "application/json", ...headers }, cache: "no-store" };
  if (body !== undefined) {
    init.headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(body);
  }
  return parse(await request(environment, url, init, (response) => response.text(), timeoutMs, signal));
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
 * @param {(response: Response) => Promise<T>} read
 * @param {number} timeoutMs
 * @param {AbortSignal} [signal]
 * @returns {Promise<T>}
 */
export async function request(environment, url, init, read, timeoutMs, signal) {
  if (signal?.aborted) throw cancelled();
  const controller = new AbortController();
  const abort = () => controller.abort();
  const timer = environment.setTimeout(abort, timeoutMs);
  signal?.addEventListener("abort", abort);
  let response;
  let text;
  try {
    response = await environment.fetch(url, { credentials: "same-origin", ...init, signal: controller.signal });
    if (response.ok) return await read(response);
    text = await response.text();
  } catch {
    throw signal?.aborted ? cancelled() : unreachable();
  } finally {
    environment.clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
  throw problemOf(response.status, text, response.headers.get("Retry-After"));
}
