// The files of the next message: chosen by the button, dropped or pasted; listed with their progress above the composer.

import { byId, h, reconcile } from "./dom.js";
import { fileSize } from "./format.js";

const FILE_BYTES_MAX = 25 * 1024 * 1024; // if the server names no limit
const FILES_MAX = 10; // likewise
const STATES = { waiting: "waiting", done: "ready" };

export class Attachments {
  #store;
  #uploads;
  #onChanged;
  #onRefused;
  #roomId = null;
  #nodes = new Map(); // of `reconcile`
  #states = new Map(); // id → the state that was announced last
  #dragDepth = 0;

  /** `onChanged()` is called when the files may have changed, `onRefused(text)` if some cannot be attached. */
  constructor({ store, uploads, onChanged, onRefused }) {
    this.#store = store;
    this.#uploads = uploads;
    this.#onChanged = onChanged;
    this.#onRefused = onRefused;
    store.on("uploads", () => this.#draw());
    byId("attach").addEventListener("click", () => byId("attach-input").click());
    byId("attach-input").addEventListener("change", ({ target }) => {
      this.#add([...target.files]);
      target.value = ""; // so that the same file can be chosen again
    });
    byId("draft").addEventListener("paste", (event) => this.#pasted(event));
    this.#listenForDrops();
  }

  /** Shows the files of a room. */
  open(roomId) {
    this.#roomId = roomId;
    this.#states.clear();
    byId("uploads-status").textContent = "";
    this.#draw();
  }

  get count() {
    return this.#uploads.in(this.#roomId).length;
  }

  /** Why the message cannot be sent yet, or null. */
  get obstacle() {
    const states = this.#uploads.in(this.#roomId).map(({ state }) => state);
    if (states.includes("failed")) return "Some files cannot be sent. Try them again or remove them.";
    if (states.some((state) => state !== "done")) return "The files are still being uploaded. Send the message when they are there.";
    return null;
  }

  /** Scrolls to the first file that cannot be sent: the list may be longer than its place. */
  showFailed() {
    byId("uploads").querySelector("[data-state=failed]")?.scrollIntoView({ block: "nearest" });
  }

  /** Takes the files for a message that is sent now. */
  take() {
    return this.#uploads.take(this.#roomId);
  }

  // ---- adding ----

  #add(files) {
    if (!this.#roomId || files.length === 0) return;
    const filesMax = this.#store.limits.attachments_per_message ?? FILES_MAX;
    const room = Math.max(0, filesMax - this.count);
    const added = room === 0 ? "none" : `only the first ${room}`;
    if (files.length > room) this.#onRefused(`A message may have ${filesMax} files: ${added} of these were added.`);
    const bytesMax = this.#store.limits.file_bytes ?? FILE_BYTES_MAX;
    this.#uploads.add(this.#roomId, files.slice(0, room), ({ size }) =>
      size > bytesMax ? `Too large: a file may have ${fileSize(bytesMax)}.` : size === 0 ? "The file is empty." : null);
    byId("draft").focus();
  }

  // An office program copies text together with a picture of it: then the text is meant.
  #pasted(event) {
    const { files, types } = event.clipboardData;
    if (files.length === 0 || (types.includes("text/plain") && types.includes("text/html"))) return;
    event.preventDefault();
    this.#add([...files]);
  }

  // A file that is dropped beside the room must not replace the page.
  #listenForDrops() {
    const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
    const end = () => {
      this.#dragDepth = 0;
      byId("drop-hint").hidden = true;
    };
    addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault());
    addEventListener("drop", (event) => {
      if (hasFiles(event)) event.preventDefault();
      end();
    });
    // Each element in the room is entered and left in turn: the hint stays until all are left.
    byId("room").addEventListener("dragenter", (event) => {
      if (!hasFiles(event)) return;
      this.#dragDepth += 1;
      byId("drop-hint").hidden = false;
    });
    byId("room").addEventListener("dragleave", (event) => {
      if (hasFiles(event) && --this.#dragDepth <= 0) end();
    });
    byId("room").addEventListener("drop", (event) => this.#dropped(event));
  }

  #dropped({ dataTransfer }) {
    const isFolder = (item) => item.webkitGetAsEntry?.()?.isDirectory;
    const items = [...dataTransfer.items].filter(({ kind }) => kind === "file");
    const files = items.filter((item) => !isFolder(item)).map((item) => item.getAsFile()).filter(Boolean);
    if (items.some(isFolder)) this.#onRefused("A folder cannot be attached. Choose the files in it.");
    this.#add(files);
  }

  // ---- rendering ----

  #draw() {
    const uploads = this.#uploads.in(this.#roomId);
    const list = byId("uploads");
    const hadFocus = list.contains(document.activeElement);
    list.hidden = uploads.length === 0;
    reconcile(list, this.#nodes, uploads.map((upload) => ({
      key: upload.id, signature: `${upload.state} ${upload.error}`, build: () => this.#item(upload),
    })));
    for (const { id, progress } of uploads) {
      const bar = this.#nodes.get(id).node.querySelector("progress");
      if (bar) bar.value = progress;
    }
    // The button that was pressed is gone.
    if (hadFocus && !list.contains(document.activeElement)) (list.querySelector("button") ?? byId("draft")).focus();
    this.#announce(uploads);
    this.#onChanged();
  }

  #item({ id, name, size, state, error, mayRetry }) {
    const hasFailed = state === "failed";
    const cancel = hasFailed || state === "done" ? "Remove" : "Cancel";
    const progress = { max: "1", value: "0", "aria-label": `Upload of ${name}`, "data-testid": "upload-progress" };
    const button = (label, testId, action, sign = label) => h("button", {
      type: "button", title: label, "aria-label": `${label}: ${name}`, "data-testid": testId, onclick: action,
    }, sign);
    return h("li", { "data-testid": "upload", "data-state": state },
      h("span", { class: "names" },
        h("b", { dir: "auto" }, name),
        hasFailed
          ? h("small", { class: "error", role: "alert", "data-testid": "upload-error" }, error)
          : h("small", {}, [fileSize(size), STATES[state]].filter(Boolean).join(" · "))),
      state === "uploading" ? h("progress", progress) : null,
      hasFailed && mayRetry ? button("Try again", "upload-retry", () => this.#uploads.retry(id)) : null,
      button(cancel, "upload-remove", () => this.#uploads.remove(id), "✕"));
  }

  // Errors are alerts of their own.
  #announce(uploads) {
    const ready = uploads.filter(({ id, state }) => state === "done" && this.#states.get(id) === "uploading");
    if (uploads.some(({ id, state }) => state === "failed" && this.#states.get(id) !== "failed")) this.showFailed();
    if (ready.length) byId("uploads-status").textContent = `Uploaded: ${ready.map(({ name }) => name).join(", ")}`;
    this.#states = new Map(uploads.map(({ id, state }) => [id, state]));
  }
}
