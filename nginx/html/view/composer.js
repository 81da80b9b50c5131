// The form to write a message in: drafts, replies, files, mention completion, and the typing notification.

import { Attachments } from "./attachments.js";
import { Completion } from "./completion.js";
import { byId } from "./dom.js";
import { messageSummary } from "./format.js";

const CONTENT_CHARACTERS_MAX = 4_000;
const TYPING_EVERY_MS = 3_000;

export class Composer {
  #store;
  #outbox;
  #connection;
  #onSent;
  #onEditLast;
  #completion;
  #uploads;
  #attachments;
  #roomId = null;
  #replyTo = null; // a message
  #drafts = new Map(); // room_id → {text, replyTo}
  #typingSentAt = 0;
  #obstacle = null; // why the files kept the message from being sent, as it is shown

  /** `onSent()` is called after a message was put into the outbox, `onEditLast()` if the user wants to edit the last own message. */
  constructor({ store, api, outbox, uploads, connection, onSent, onEditLast }) {
    this.#store = store;
    this.#outbox = outbox;
    this.#connection = connection;
    this.#onSent = onSent;
    this.#onEditLast = onEditLast;
    this.#completion = new Completion({ store, api });
    this.#uploads = uploads;
    this.#attachments = new Attachments({
      store, uploads,
      onChanged: () => this.#filesChanged(),
      onRefused: (text) => this.#showError(text),
    });
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    byId("reply-cancel").addEventListener("click", () => this.replyTo(null));
    byId("draft").addEventListener("keydown", (event) => this.#keyPressed(event));
    byId("draft").addEventListener("input", () => this.#textChanged());
  }

  /** Keeps the draft of the room before and shows that of `roomId`; null: no room is open. */
  open(roomId) {
    if (this.#roomId) this.#drafts.set(this.#roomId, { text: byId("draft").value, replyTo: this.#replyTo });
    this.#roomId = roomId;
    if (!roomId) return;
    const draft = this.#drafts.get(roomId);
    byId("draft").value = draft?.text ?? "";
    this.#setReplyTo(draft?.replyTo ?? null);
    this.#completion.open(roomId);
    this.#attachments.open(roomId);
    this.#fitHeight();
    this.#showError("");
  }

  /** Discards all drafts, with their files. */
  clear() {
    this.#drafts.clear();
    this.#uploads.clear();
    byId("draft").value = "";
    this.#setReplyTo(null);
  }

  /** The next message will be a reply to `message`; null: to none. */
  replyTo(message) {
    this.#setReplyTo(message);
    byId("draft").focus();
  }

  #setReplyTo(message) {
    this.#replyTo = message;
    byId("replying").hidden = !message;
    if (message) byId("replying-text").textContent = `Replying to ${this.#store.displayName(message.user_id, message)}: ${messageSummary(message)}`;
  }

  #keyPressed(event) {
    if (event.isComposing) return; // Enter then confirms a word of the input method
    if (this.#completion.keyPressed(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#send();
    } else if (event.key === "Escape" && this.#replyTo) {
      this.replyTo(null);
    } else if (event.key === "ArrowUp" && byId("draft").value === "") {
      event.preventDefault();
      this.#onEditLast();
    }
  }

  #send() {
    const content = byId("draft").value.trim();
    if (!content && this.#attachments.count === 0) return;
    const length = [...content].length;
    if (length > CONTENT_CHARACTERS_MAX) {
      this.#showError(`A message may have ${CONTENT_CHARACTERS_MAX} characters; this one has ${length}.`);
      return;
    }
    this.#obstacle = this.#attachments.obstacle;
    if (this.#obstacle) {
      this.#showError(this.#obstacle);
      return this.#attachments.showFailed();
    }
    this.#outbox.add(this.#roomId, content, { replyTo: this.#replyTo?.seq ?? null, attachments: this.#attachments.take() });
    byId("draft").value = "";
    this.#setReplyTo(null);
    this.#typingSentAt = 0;
    this.#fitHeight();
    this.#showError("");
    this.#onSent();
    byId("draft").focus();
  }

  #textChanged() {
    this.#fitHeight();
    if (byId("draft-error").textContent) this.#showError("");
    if (!byId("draft").value.trim() || Date.now() - this.#typingSentAt < TYPING_EVERY_MS) return;
    this.#typingSentAt = Date.now();
    this.#connection.send("typing", { room_id: this.#roomId });
  }

  // What kept the message from being sent may be over.
  #filesChanged() {
    if (!this.#obstacle || this.#attachments.obstacle === this.#obstacle) return;
    this.#obstacle = null;
    this.#showError("");
  }

  #fitHeight() {
    const draft = byId("draft");
    draft.style.height = "auto";
    draft.style.height = `${draft.scrollHeight + 2}px`;
  }

  #showError(text) {
    if (text !== this.#obstacle) this.#obstacle = null;
    byId("draft-error").textContent = text;
  }
}
