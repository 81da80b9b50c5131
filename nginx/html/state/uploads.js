// Uploads the files that a room's next message will have, a few at a time, and again after a break.

import { errorText } from "../net/client.js";

const RUNNING_MAX = 2;
const TRIES_MAX = 6; // a wait for a limit or for the connection does not count
const RETRY_FIRST_MS = 1_000;

/**
 * An upload: `{id, room_id, file, name, size, state, progress, error, mayRetry, result}`. `state` is "waiting", "uploading", "done" or
 * "failed", `progress` the sent fraction, `error` a text, `result` the server's answer once it is done. Topic of the store: `uploads`.
 */
export class Uploads {
  #api;
  #store;
  #connection;
  #uploads = [];
  #lastId = 0;

  constructor({ api, store, connection }) {
    this.#api = api;
    this.#store = store;
    this.#connection = connection;
    connection.addEventListener("welcome", () => this.#run());
  }

  /** The uploads of a room, in the order in which they were added. */
  in(roomId) {
    return this.#uploads.filter((upload) => upload.room_id === roomId);
  }

  /** `refusal(file)` returns why a file cannot be sent, or null; such a file is listed, but not uploaded. */
  add(roomId, files, refusal = () => null) {
    for (const file of files) {
      const error = refusal(file);
      this.#uploads.push({
        id: ++this.#lastId,
        room_id: roomId,
        file,
        name: file.name || "file",
        size: file.size,
        state: error ? "failed" : "waiting",
        progress: 0,
        error,
        mayRetry: false,
        result: null,
        abort: new AbortController(),
      });
    }
    this.#changed();
    this.#run();
  }

  /** Cancels an upload that runs, deletes a file that has arrived, and forgets it. */
  remove(id) {
    const upload = this.#uploads.find((candidate) => candidate.id === id);
    if (!upload) return;
    this.#forget([upload]);
    if (upload.result) this.#api.deleteFile(upload.result.file_id).catch(() => {}); // the server deletes what no message gets
  }

  retry(id) {
    const upload = this.#uploads.find((candidate) => candidate.id === id);
    if (upload?.state !== "failed" || !upload.mayRetry) return;
    Object.assign(upload, { state: "waiting", error: null, progress: 0 });
    this.#changed();
    this.#run();
  }

  /** Takes the files of a room, all of which must be done: the message that has them is sent now. */
  take(roomId) {
    const uploads = this.in(roomId);
    this.#forget(uploads);
    return uploads.map(({ result }) => result);
  }

  /** Cancels and forgets the uploads of a room that the user has left, or of all rooms. */
  clear(roomId = null) {
    this.#forget(roomId ? this.in(roomId) : [...this.#uploads]);
  }

  #forget(uploads) {
    this.#uploads = this.#uploads.filter((upload) => !uploads.includes(upload));
    for (const { abort } of uploads) abort.abort();
    this.#changed();
  }

  // Like messages, files wait for the connection, however long it takes.
  #run() {
    if (!this.#connection.isOnline) return;
    const running = this.#uploads.filter(({ state }) => state === "uploading").length;
    const waiting = this.#uploads.filter(({ state }) => state === "waiting");
    for (const upload of waiting.slice(0, Math.max(0, RUNNING_MAX - running))) this.#upload(upload).then(() => this.#run());
  }

  async #upload(upload) {
    const { file, abort: { signal } } = upload;
    const set = (changes) => {
      Object.assign(upload, changes);
      this.#changed();
    };
    set({ state: "uploading" });
    let { type } = file;
    for (let tries = 1; ;) {
      try {
        const result = await this.#api.uploadFile(file, { type, signal, onProgress: (progress) => set({ progress }) });
        return set({ state: "done", result });
      } catch (problem) {
        if (signal.aborted) return;
        if (problem.code === "file_type_mismatch" && type) {
          type = ""; // the browser had it from the name, which may be wrong: a picture is often called .jpg and is none
          continue;
        }
        if (!problem.isTransient || tries >= TRIES_MAX) {
          return set({ state: "failed", error: errorText(problem), mayRetry: problem.isTransient ?? true });
        }
        set({ progress: 0 });
        this.#connection.wake();
        await sleep(problem.retryAfterMs ?? RETRY_FIRST_MS * 2 ** tries);
        if (signal.aborted) return;
        if (!this.#connection.isOnline) return set({ state: "waiting" });
        if (problem.status !== 429) tries += 1;
      }
    }
  }

  #changed() {
    this.#store.notify("uploads");
  }
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
