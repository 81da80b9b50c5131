// Sends JSON over fetch and turns error responses into Problems.

const REQUEST_TIMEOUT_MS = 15_000;

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
    throw new Problem({ code: "network", detail: "The server cannot be reached." });
  }

  const data = parse(text);
  if (response.ok) return data;
  throw new Problem({
    title: `The server answered ${response.status}.`,
    retry_after_ms: retryAfterMs(response),
    ...data,
    status: response.status,
  });
}

// A proxy in between may answer with HTML: that is a Problem without a code, not a crash.
function parse(text) {
  if (!text) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function retryAfterMs(response) {
  const seconds = Number.parseFloat(response.headers.get("Retry-After") ?? "");
  return Number.isFinite(seconds) ? seconds * 1000 : undefined;
}
