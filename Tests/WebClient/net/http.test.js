// Requests and uploads: what they send, what their errors say, and how they end.

import assert from "node:assert/strict";
import { test } from "node:test";
import { errorText, fetchBlob, fetchJSON, Problem } from "../../../nginx/html/net/http.js";
import { upload } from "../../../nginx/html/net/upload.js";
import { fakeEnvironment } from "../support/environment.js";
import { fakeFetch, json, problem } from "../support/fetch.js";

const url = new URL("https://chat.example.org/api/v1/x");
const never = () => new Promise(() => {});

function made(respond) {
  const fetch = fakeFetch(respond);
  return { environment: fakeEnvironment({ fetch }), requests: fetch.requests };
}

test("JSON goes out and comes back; nothing goes out as nothing", async () => {
  const { environment, requests } = made(({ body }) => json(200, { got: body ?? null }));
  assert.deepEqual(await fetchJSON(environment, "POST", url, { body: { a: 1 } }), { got: { a: 1 } });
  assert.deepEqual(await fetchJSON(environment, "GET", url), { got: null });
  assert.deepEqual(
    requests.map(({ headers }) => headers.get("Content-Type")),
    ["application/json", null],
  );
  assert.equal(await fetchJSON(made(() => new Response(null, { status: 204 })).environment, "DELETE", url), null);
});

test("an error is the server's problem, or what a proxy's page allows to say", async () => {
  const errors = [
    { field: "name", detail: "Too long." },
    { field: "topic", detail: "Too short." },
  ];
  const invalid = made(() => problem(422, "invalid_field", { detail: "No.", errors, request_id: "q" }));
  const error = await fetchJSON(invalid.environment, "GET", url).catch((caught) => caught);
  assert.ok(error instanceof Problem);
  assert.deepEqual([error.status, error.code, error.requestId, errorText(error)], [422, "invalid_field", "q", "Too long. Too short."]);
  assert.equal(errorText(new Problem({ detail: "No." })), "No.");

  const proxy = made(() => new Response("<h1>Bad gateway</h1>", { status: 502, headers: { "Retry-After": "1.5" } }));
  await assert.rejects(fetchJSON(proxy.environment, "GET", url), {
    ...{ status: 502, code: "unknown", message: "The server answered 502.", retryAfterMs: 1_500, isTransient: true },
  });
});

test("what may succeed later says so", () => {
  const transient = [0, 408, 429, 500, 503];
  for (const status of [...transient, 400, 401, 403, 404, 409, 422]) {
    assert.equal(new Problem({ status }).isTransient, transient.includes(status), `${status}`);
  }
});

test("an answer that goes on to come is waited for, however long; one that stops is not", async () => {
  const bytes = new TextEncoder().encode('{"rooms":["Gärten"]}');
  let stream;
  const { environment } = made(({ signal }) => {
    const body = new ReadableStream({ start: (controller) => (stream = controller) });
    signal.addEventListener("abort", () => stream.error(new DOMException("aborted", "AbortError")));
    return new Response(body);
  });
  const whole = fetchJSON(environment, "GET", url);
  for (const byte of bytes) {
    await environment.clock.advance(14_000);
    stream.enqueue(Uint8Array.of(byte));
  }
  stream.close();
  assert.deepEqual(await whole, { rooms: ["Gärten"] });
  assert.equal(environment.clock.waiting, 0);

  const half = assert.rejects(fetchJSON(environment, "GET", url), { code: "network" });
  await environment.clock.advance(14_000);
  stream.enqueue(bytes.slice(0, 3));
  await environment.clock.advance(15_000);
  await half;
});

test("a server that does not answer within 15 s is not reached; a download has longer", async () => {
  const { environment } = made(never);
  const late = assert.rejects(fetchJSON(environment, "GET", url), { code: "network", status: 0 });
  let isDone = false;
  const file = fetchBlob(environment, url).catch(() => (isDone = true));
  await environment.clock.advance(14_999);
  assert.equal(environment.clock.waiting, 2);
  await environment.clock.advance(1);
  await late;
  await environment.clock.advance(500_000);
  assert.equal(isDone, false);
  await environment.clock.advance(100_000);
  await file;
  assert.deepEqual([isDone, environment.clock.waiting], [true, 0]);
});

test("a caller gives a request up, before it begins and while it runs", async () => {
  const { environment, requests } = made(never);
  const controller = new AbortController();
  const running = assert.rejects(fetchJSON(environment, "GET", url, { signal: controller.signal }), { code: "cancelled" });
  controller.abort();
  await running;
  await assert.rejects(fetchJSON(environment, "GET", url, { signal: controller.signal }), { code: "cancelled" });
  assert.deepEqual([requests.length, environment.clock.waiting], [1, 0]);
});

test("a file comes as it is; a refused one as its problem", async () => {
  const { environment } = made(() => new Response("bytes"));
  assert.equal(await (await fetchBlob(environment, url)).text(), "bytes");
  await assert.rejects(fetchBlob(made(() => problem(404, "not_found")).environment, url), { code: "not_found" });
});

// ---- uploads ----

/** XMLHttpRequest, whose other end is the test. */
class FakeUpload {
  static last;
  headers = {};
  upload = {};
  status = 0;
  responseText = "";
  retryAfter = null;

  constructor() {
    FakeUpload.last = this;
  }
  open(...values) {
    this.opened = values.map(String);
  }
  setRequestHeader(name, value) {
    this.headers[name] = value;
  }
  getResponseHeader(name) {
    return name === "Retry-After" ? this.retryAfter : null;
  }
  send(body) {
    this.body = body;
  }
  abort() {
    this.onabort();
    this.onloadend();
  }
  progress(loaded, total = 100) {
    this.upload.onprogress({ loaded, total });
  }
  finish(status, body) {
    Object.assign(this, { status, responseText: JSON.stringify(body) });
    this.onload();
    this.onloadend();
  }
}

function uploading(options = {}) {
  const environment = fakeEnvironment({ XMLHttpRequest: FakeUpload });
  const fractions = [];
  const result = upload(environment, "POST", url, "body", { onProgress: (fraction) => fractions.push(fraction), ...options });
  result.catch(() => {});
  return { result, fractions, clock: environment.clock, request: FakeUpload.last };
}

test("an upload tells its progress and returns the server's answer", async () => {
  const { result, fractions, request, clock } = uploading({ headers: { "X-Filename": "a" } });
  request.progress(0, 0);
  for (const loaded of [25, 100]) request.progress(loaded);
  request.finish(201, { file_id: "f" });
  assert.deepEqual(await result, { file_id: "f" });
  assert.deepEqual([fractions, request.headers["X-Filename"], request.body, clock.waiting], [[0.25, 1], "a", "body", 0]);
});

test("an upload that stalls ends after 30 s; one that is checked has two minutes", async () => {
  const stalled = uploading();
  await stalled.clock.advance(29_000);
  stalled.request.progress(10);
  await stalled.clock.advance(29_999);
  stalled.request.progress(100);
  await stalled.clock.advance(129_999);
  assert.equal(stalled.clock.waiting, 1);
  await stalled.clock.advance(1);
  await assert.rejects(stalled.result, { code: "network" });
});

test("an upload is given up, refused, or lost", async () => {
  const controller = new AbortController();
  const given = uploading({ signal: controller.signal });
  controller.abort();
  await assert.rejects(given.result, { code: "cancelled" });
  await assert.rejects(uploading({ signal: controller.signal }).result, { code: "cancelled" });

  const refused = uploading();
  refused.request.retryAfter = "2";
  refused.request.finish(413, { code: "file_too_large" });
  await assert.rejects(refused.result, { code: "file_too_large", status: 413, retryAfterMs: 2_000 });

  const lost = uploading();
  lost.request.onerror();
  await assert.rejects(lost.result, { code: "network" });
});

test("without XMLHttpRequest a file goes over fetch, and progress is none or all", async () => {
  const { environment, requests } = made(() => json(201, { file_id: "f" }));
  const fractions = [];
  const body = new Blob(["x"]);
  const options = { headers: { "X-Filename": "a" }, onProgress: (fraction) => fractions.push(fraction) };
  assert.deepEqual(await upload(environment, "POST", url, body, options), { file_id: "f" });
  assert.deepEqual([requests[0].method, requests[0].body, requests[0].headers.get("X-Filename"), fractions], ["POST", body, "a", [0, 1]]);
  await assert.rejects(upload(made(() => problem(413, "file_too_large")).environment, "POST", url, body), { code: "file_too_large" });
});
