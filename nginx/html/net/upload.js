// Sends a file over XMLHttpRequest: fetch does not report how far a body has been sent.

import { Problem, parse, problemOf, unreachable } from "./http.js";

const STALLED_AFTER_MS = 30_000; // without progress
const CHECKED_WITHIN_MS = 130_000; // by the server, which may have a virus scanner

/**
 * Returns the response's JSON; throws a Problem, with the code `cancelled` after `signal` was aborted. `onProgress` gets the sent fraction,
 * from 0 to 1.
 *
 * @param {string} method
 * @param {URL} url
 * @param {Blob|FormData} body
 * @param {{headers?: object, onProgress?: (fraction: number) => void, signal?: AbortSignal}} [options]
 */
export function upload(method, url, body, { headers = {}, onProgress = () => {}, signal } = {}) {
  if (signal?.aborted) return Promise.reject(cancelled());
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let timer = 0;
    const abort = () => request.abort();
    const abortAfter = (delayMs) => {
      clearTimeout(timer);
      timer = setTimeout(abort, delayMs);
    };
    request.open(method, url);
    for (const [name, value] of Object.entries({ Accept: "application/json", ...headers })) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => {
      abortAfter(loaded < total ? STALLED_AFTER_MS : CHECKED_WITHIN_MS);
      if (total > 0) onProgress(loaded / total);
    };
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(parse(request.responseText));
      else reject(problemOf(request.status, request.responseText, request.getResponseHeader("Retry-After")));
    };
    request.onerror = () => reject(unreachable());
    request.onabort = () => reject(signal?.aborted ? cancelled() : unreachable());
    request.onloadend = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    };
    signal?.addEventListener("abort", abort);
    abortAfter(STALLED_AFTER_MS);
    request.send(body);
  });
}

function cancelled() {
  return new Problem({ code: "cancelled", detail: "The upload was cancelled." });
}
