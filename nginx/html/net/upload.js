// Sends a file: over XMLHttpRequest, since fetch does not report how far a body has been sent; where there is none, over fetch.

import { cancelled, parse, problemOf, request, unreachable } from "./http.js";

const STALLED_AFTER_MS = 30_000; // without progress
const CHECKED_WITHIN_MS = 130_000; // by the server, which may have a virus scanner
const WHOLE_WITHIN_MS = 15 * 60_000; // without reports of progress

/** @typedef {{headers?: Object<string, string>, onProgress?: (fraction: number) => void, signal?: AbortSignal}} UploadOptions */

/**
 * Returns the response's JSON; throws a Problem, with the code `cancelled` after `signal` was aborted. `onProgress` gets the sent fraction,
 * from 0 to 1.
 *
 * @param {import("./environment.js").Environment} environment
 * @param {string} method
 * @param {URL} url
 * @param {Blob} body
 * @param {UploadOptions} [options]
 * @returns {Promise<any>}
 */
export function upload(environment, method, url, body, options = {}) {
  return environment.XMLHttpRequest ? send(environment, method, url, body, options) : fetched(environment, method, url, body, options);
}

/** @type {typeof upload} */
async function fetched(environment, method, url, body, { headers = {}, onProgress = () => {}, signal } = {}) {
  onProgress(0);
  const init = { method, body, headers: { Accept: "application/json", ...headers } };
  const text = await request(environment, url, init, (response) => response.text(), WHOLE_WITHIN_MS, signal);
  onProgress(1);
  return parse(text);
}

/** @type {typeof upload} */
function send(environment, method, url, body, { headers = {}, onProgress = () => {}, signal } = {}) {
  if (signal?.aborted) return Promise.reject(cancelled());
  return new Promise((resolve, reject) => {
    const transfer = new /** @type {typeof globalThis.XMLHttpRequest} */ (environment.XMLHttpRequest)();
    /** @type {any} */
    let timer = 0;
    const abort = () => transfer.abort();
    const abortAfter = (/** @type {number} */ delayMs) => {
      environment.clearTimeout(timer);
      timer = environment.setTimeout(abort, delayMs);
    };
    transfer.open(method, url);
    for (const [name, value] of Object.entries({ Accept: "application/json", ...headers })) transfer.setRequestHeader(name, value);
    transfer.upload.onprogress = ({ loaded, total }) => {
      abortAfter(loaded < total ? STALLED_AFTER_MS : CHECKED_WITHIN_MS);
      if (total > 0) onProgress(loaded / total);
    };
    transfer.onload = () => {
      if (transfer.status >= 200 && transfer.status < 300) resolve(parse(transfer.responseText));
      else reject(problemOf(transfer.status, transfer.responseText, transfer.getResponseHeader("Retry-After")));
    };
    transfer.onerror = () => reject(unreachable());
    transfer.onabort = () => reject(signal?.aborted ? cancelled() : unreachable());
    transfer.onloadend = () => {
      environment.clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    };
    signal?.addEventListener("abort", abort);
    abortAfter(STALLED_AFTER_MS);
    transfer.send(body);
  });
}
