// The REST server of the tests, as `environment.fetch`.

/** @typedef {{method: string, url: URL, path: string, headers: Headers, body: any, signal: AbortSignal|undefined}} FakeRequest */

/** A JSON response. */
export function json(status, body, headers = {}) {
  return new Response(body === undefined ? null : JSON.stringify(body), { status, headers });
}

/** A problem response. */
export function problem(status, code, members = {}, headers = {}) {
  return json(status, { status, code, title: code, ...members }, headers);
}

/**
 * A `fetch` that keeps the requests in its `requests`. `respond(request)` returns a Response, a promise of one, or null if the server cannot be
 * reached. `path` is what follows `/api/v1/`, with the query.
 */
export function fakeFetch(respond) {
  const fetch = async (url, { method = "GET", headers = {}, body, signal } = {}) => {
    const address = new URL(url);
    const path = (address.pathname + address.search).replace(/^.*\/api\/v1\//, "");
    const request = { method, url: address, path, headers: new Headers(headers), body: parsed(body), signal };
    fetch.requests.push(request);
    const aborted = new Promise((_, reject) => signal?.addEventListener("abort", () => reject(new Error("AbortError"))));
    const response = await Promise.race([Promise.resolve().then(() => respond(request)), aborted]);
    if (!response) throw new TypeError("fetch failed");
    return response;
  };
  /** @type {FakeRequest[]} */
  fetch.requests = [];
  return fetch;
}

function parsed(body) {
  return typeof body === "string" ? JSON.parse(body) : body;
}
