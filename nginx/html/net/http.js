// Speaks JSON over fetch: an answer becomes its data, a refusal becomes a Problem.

const REQUEST_TIMEOUT_MS = 15_000;

/** A refusal as the server words it (RFC 9457), or a failure to reach it (`status` 0). */
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

  /** Nobody said no: the same request may well succeed later. */
  get isPassing() {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }

  /** What to show a person: the field errors where there are any, else the sentence. */
  get sentence() {
    const fields = this.errors.map((error) => error.detail).filter(Boolean);
    return fields.length ? fields.join(" ") : this.message;
  }
}

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
    retry_after_ms: retryAfter(response),
    ...data,
    status: response.status,
  });
}

// A proxy in between may answer with HTML: that is then a problem without a code, not a crash.
function parse(text) {
  if (!text) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function retryAfter(response) {
  const seconds = Number.parseFloat(response.headers.get("Retry-After") ?? "");
  return Number.isFinite(seconds) ? seconds * 1000 : undefined;
}
