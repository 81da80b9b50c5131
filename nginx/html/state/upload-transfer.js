// Sends one file to the server, again after what may pass.

import { errorText } from "../net/client.js";

const TRIES_MAX = 6; // a wait for a limit or for the connection does not count
const RETRY_FIRST_MS = 1_000;

/**
 * Returns what has become of the upload: it is `done` or has `failed`, or is `waiting` for the connection; null if `signal` was aborted.
 *
 * @param {File} file
 * @param {object} options
 * @param {any} options.api @param {any} options.connection @param {any} options.environment
 * @param {AbortSignal} options.signal @param {(progress: number) => void} options.onProgress
 * @returns {Promise<Partial<import("./upload.js").Upload>|null>}
 */
export async function transfer(file, { api, connection, environment, signal, onProgress }) {
  let { type } = file;
  for (let tries = 1; !signal.aborted; ) {
    onProgress(0);
    try {
      const result = await api.uploadFile(file, { type, signal, onProgress });
      return { state: "done", progress: 1, result, done_at: environment.now() };
    } catch (/** @type {any} */ problem) {
      if (signal.aborted) return null;
      if (problem.code === "file_type_mismatch" && type) {
        type = ""; // the browser had it from the name, which may be wrong: a picture is often called .jpg and is none
        continue;
      }
      if (!problem.isTransient || tries >= TRIES_MAX) {
        return { state: "failed", error: errorText(problem), mayRetry: problem.isTransient ?? true };
      }
      onProgress(0);
      connection.wake();
      const waitMs = problem.retryAfterMs ?? RETRY_FIRST_MS * 2 ** tries;
      await new Promise((resolve) => environment.setTimeout(() => resolve(null), waitMs));
      if (!connection.isOnline) return signal.aborted ? null : { state: "waiting", progress: 0 };
      if (problem.status !== 429) tries += 1;
    }
  }
  return null;
}
