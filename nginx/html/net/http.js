// Sends JSON over fetch, gets files, and turns error responses into Problems.

const REQUEST_TIMEOUT_MS = 15_000;
const DOWNLOAD_TIMEOUT_MS = 10 * 60_000; // of a large file over a slow line

/** An error response of the server (RFC 9457), or a failure to reach it (`status` 0). */
export class Problem extends Error {
  constructor({ status = 0, code = "unknown", title, detail, errors, retry_after_ms, request_id } = {}) {
    super(detail || title || code);
    this.name = "Problem";
    this.status = status;
    this.code = code;
    this.errors = Array.isArray(errors) ? errors : [];
    this.retryAfterMs = Number.isFinite(retry_after_ms) ? retry_after_ms : null;
    this.requestId = request_id ?? null;
  }

  /** The same request may succeed later: a network failure, a timeout, a rate limit or a server error. */
  get isTransient() {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

/** The text to show for an error: the details of its invalid fields if it names any, else its message. */
export function errorText(error) {
  const details = (error.errors ?? []).map(({ detail }) => detail).filter(Boolean);
  return details.length ? details.join(" ") : error.message;
}

/** Returns the response's JSON (null if it is empty); throws a Problem for an error status or if there is no response in time. */
export async function fetchJSON(method, url, { body, headers = {}, timeoutMs = REQUEST_TIMEOUT_MS } = {}) {
  let response;
  let text;
  try {
    response = await fetch(url, {
      method,
      headers: {
        Accept: "application/json",
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(timeoutMs),
    });
    text = await response.text();
  } catch {
    throw unreachable();
  }
  if (response.ok) return parse(text);
  throw problemOf(response.status, text, response.headers.get("Retry-After"));
}

/** Returns the response's body; throws as `fetchJSON`. The browser may answer from its cache. */
export async function fetchBlob(url, { headers = {}, timeoutMs = DOWNLOAD_TIMEOUT_MS } = {}) {
  let response;
  let body;
  try {
    response = await fetch(url, { headers, credentials: "same-origin", signal: AbortSignal.timeout(timeoutMs) });
    body = response.ok ? await response.blob() : await response.text();
  } catch {
    throw unreachable();
  }
  if (response.ok) return body;
  throw problemOf(response.status, body, response.headers.get("Retry-After"));
}

/** The Problem of a server that was not reached. */
export function unreachable() {
  return new Problem({ code: "network", detail: "The server cannot be reached." });
}

/** The Problem of an error response, from its status, its body and its header `Retry-After`. */
export function problemOf(status, text, retryAfter) {
  const seconds = Number.parseFloat(retryAfter ?? "");
  return new Problem({
    title: `The server answered ${status}.`,
    retry_after_ms: Number.isFinite(seconds) ? seconds * 1000 : undefined,
    ...parse(text),
    status,
  });
}

/** The JSON of a body, or null. A proxy in between may answer with HTML: that is a Problem without a code, not a crash. */
export function parse(text) {
  if (!text) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
