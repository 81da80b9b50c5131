// Sends what is in the composer, or stores the edit that is under way, if nothing speaks against it.

import { editedMessage, saveEdit } from "./composer-draft.js";

export class ComposerSender {
  #context;
  #field;
  #files;
  #onSent;
  #isSaving = false;
  #awaited = 0; // files that were on their way when the user sent the message
  /**
   * What was said when files kept a message back; it may be over since.
   * @type {string | null}
   */
  obstacle = null;

  /**
   * @param {any} context of the app
   * @param {{
   *   field: import("./composer-field.js").ComposerField, files: import("./attachments.js").Attachments, onSent: (roomId: string) => void,
   * }} parts
   */
  constructor(context, { field, files, onSent }) {
    this.#context = context;
    this.#field = field;
    this.#files = files;
    this.#onSent = onSent;
  }

  /** Whether the user has sent a message whose files were on their way, and they are all there now. */
  get isReady() {
    return this.isObstacleOver && this.#awaited > 0 && this.#files.count === this.#awaited && this.#files.obstacle === null;
  }

  get isObstacleOver() {
    return this.obstacle !== null && this.#files.obstacle !== this.obstacle;
  }

  /**
   * What is wrong, in words; empty if nothing is, or if there is nothing to send.
   * @param {string} roomId
   */
  async submit(roomId) {
    if (this.#isSaving) return "";
    const edited = editedMessage(this.#context, roomId);
    const hasFiles = edited ? edited.attachments.length > 0 : this.#files.count > 0;
    const { content, problem } = this.#field.sendable({ hasFiles });
    if (problem !== null) return problem;
    this.obstacle = edited ? null : this.#files.obstacle;
    this.#awaited = this.obstacle && !this.#files.hasFailed ? this.#files.count : 0;
    if (this.obstacle) {
      this.#files.showFailed();
      return this.obstacle;
    }
    if (!edited) return this.#send(roomId, content);
    this.#isSaving = true;
    const failure = await saveEdit(this.#context, roomId, content);
    this.#isSaving = false;
    return failure;
  }

  /**
   * @param {string} roomId
   * @param {string} content
   */
  #send(roomId, content) {
    const { outbox, drafts, uploads } = this.#context;
    const { reply_to: replyTo } = drafts.get(roomId);
    outbox.add(roomId, content, { replyTo, attachments: uploads.attachments(roomId), takenFrom: [drafts, uploads] });
    this.#onSent(roomId);
    return "";
  }
}
