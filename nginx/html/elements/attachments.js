// The element <echo-attachments>: the files of a room's next message as chips, with their progress; takes chosen, pasted and dropped files.

import { Element, h, show, text } from "../parts/element.js";
import { KeyedList, Roving } from "../parts/list.js";
import { chip, updateChip } from "./attachment-chip.js";
import { listenForDrops, pastedFiles } from "./file-transfer.js";

const FILES_MAX = 10; // if the server names no limit
const BYTES_MAX = 25 * 1024 * 1024; // likewise

/** @typedef {import("../state/upload.js").Upload} Upload */

/** Emits `files-changed`, and `files-refused` with a text if some cannot be attached. */
export class Attachments extends Element {
  /** @type {string | null} */ #roomId = null;
  /** @type {() => void} */ #unwatch = () => {};
  /** @type {KeyedList<Upload> | null} */ #list = null;
  /** @type {Map<string, string>} id → the state that was announced last */ #states = new Map();

  static template(/** @type {any} */ { texts: { t } }) {
    return [
      h("ul", { part: "list", class: "uploads", role: "list", "aria-label": t("file.files"), "data-testid": "uploads", hidden: true }),
      h("p", { part: "status", class: "visually-hidden", role: "status" }),
      h("input", { part: "input", type: "file", multiple: true, hidden: true, "data-testid": "attach-input" }),
      h("p", { part: "hint", class: "drop-hint", "aria-hidden": "true", "data-testid": "drop-hint", hidden: true }, t("composer.drop")),
    ];
  }

  connected() {
    const { list, input, hint } = this.parts;
    const { uploads } = this.context;
    this.#list ??= new KeyedList({
      box: list,
      key: ({ id }) => id,
      make: (upload) => chip(upload, this.context.texts, { retry: () => uploads.retry(upload.id), remove: () => this.#remove(upload.id) }),
      update: (node, upload) => updateChip(node, upload, this.context.texts),
    });
    const roving = new Roving({ box: list, items: "button:not([hidden])", isHorizontal: true });
    this.ending(() => roving.disconnect());
    this.listen(input, "change", () => {
      this.add([...input.files]);
      input.value = ""; // so that the same file can be chosen again
    });
    const room = this.closest("echo-room") ?? this.parentElement;
    const onFiles = (/** @type {File[]} */ files, /** @type {boolean} */ hasFolder) => {
      if (hasFolder) this.#refuse(this.context.texts.t("file.folder"));
      this.add(files);
    };
    listenForDrops(this, /** @type {HTMLElement} */ (room), { onHover: (isOver) => show(hint, isOver), onFiles });
    this.#follow();
  }

  /** @param {string | null} roomId whose files are shown */
  set roomId(roomId) {
    this.#roomId = roomId;
    this.#states.clear();
    if (!this.isConnected) return;
    text(this.parts.status, "");
    this.#follow();
  }

  get count() {
    return this.#uploads.length;
  }

  get hasFailed() {
    return this.#uploads.some(({ state }) => state === "failed");
  }

  /** Why the message cannot be sent yet; null if it can. */
  get obstacle() {
    const { t } = this.context.texts;
    if (this.hasFailed) return t("file.some_failed");
    return this.#uploads.some(({ state }) => state !== "done") ? t("file.still_uploading") : null;
  }

  /** Lets the user choose files. */
  choose() {
    this.parts.input.click();
  }

  /** @param {ClipboardEvent} event of the field; prevented if files are taken */
  paste(event) {
    const files = pastedFiles(event);
    if (files.length === 0) return;
    event.preventDefault();
    this.add(files);
  }

  /** @param {readonly File[]} files */
  add(files) {
    if (!this.#roomId || files.length === 0) return;
    const { store, texts, uploads } = this.context;
    const max = store.limits.attachments_per_message ?? FILES_MAX;
    const left = Math.max(0, max - this.count);
    if (files.length > left) this.#refuse(texts.t("file.too_many", { max, n: left }));
    const bytesMax = store.limits.file_bytes ?? BYTES_MAX;
    uploads.add(this.#roomId, files.slice(0, left), (/** @type {File} */ { size }) => {
      if (size > bytesMax) return texts.t("file.too_large", { size: texts.fileSize(bytesMax) });
      return size === 0 ? texts.t("file.empty") : null;
    });
    this.tell("files-changed");
  }

  /** Scrolls to the first file that cannot be sent: the list may be longer than its place. */
  showFailed() {
    this.parts.list.querySelector("[data-state=failed]")?.scrollIntoView({ block: "nearest" });
  }

  /** @returns {Upload[]} */
  get #uploads() {
    return this.#roomId ? this.context.uploads.in(this.#roomId) : [];
  }

  #follow() {
    this.#unwatch();
    this.#unwatch = this.#roomId ? this.watch(`uploads:${this.#roomId}`, () => this.#show()) : () => {};
    this.#show();
  }

  #show() {
    const uploads = this.#uploads;
    show(this.parts.list, uploads.length > 0);
    this.#list?.set(uploads);
    this.#announce(uploads);
    this.tell("files-changed");
  }

  /** @param {string} id */
  #remove(id) {
    this.context.uploads.remove(id);
    this.#show();
    if (this.count === 0) this.tell("files-empty"); // the button that had the focus is gone
  }

  /** @param {string} words */
  #refuse(words) {
    this.tell("files-refused", words);
  }

  /**
   * Errors are alerts of their own.
   * @param {Upload[]} uploads
   */
  #announce(uploads) {
    const ready = uploads.filter(({ id, state }) => state === "done" && this.#states.get(id) === "uploading");
    const hasNewFailure = uploads.some(({ id, state }) => state === "failed" && this.#states.get(id) !== "failed");
    const { texts } = this.context;
    const names = texts.list(ready.map(({ name }) => name));
    if (ready.length) text(this.parts.status, texts.t("file.uploaded", { names }));
    this.#states = new Map(uploads.map(({ id, state }) => [id, state]));
    if (hasNewFailure) this.showFailed();
  }
}

customElements.define("echo-attachments", Attachments);
