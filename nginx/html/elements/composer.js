// The element <echo-composer>: where a message is written, with its files, what it replies to, and words that are never lost.

import { Element, focused, show } from "../parts/element.js";
import { isComposingKey, sends } from "../parts/message-text.js";
import * as draft from "./composer-draft.js";
import { ComposerField } from "./composer-field.js";
import { formatOfKey, formatted } from "./composer-format.js";
import { ComposerSender } from "./composer-sender.js";
import { stripsOf } from "./composer-strips.js";
import { composerTemplate } from "./composer-template.js";
import { TypingSender } from "./composer-typing.js";
import { pickEmoji } from "./pick-emoji.js";

/**
 * Shows the room of its property `roomId`; as long as that was not set, the room of the route. Emits `message-sent`. What is written is the draft
 * of the room, which is written at each key and read whenever it changes: the field has nothing that the draft has not.
 */
export class Composer extends Element {
  /** @type {string | null} */ #roomId = null;
  #followsRoute = true;
  /** @type {(() => void)[]} */ #unwatch = [];
  /** @type {ComposerField} */ #field = /** @type {any} */ (null);
  /** @type {TypingSender} */ #typing = /** @type {any} */ (null);
  /** @type {Map<string, [number, number]>} room_id → the selection when it was left */ #selections = new Map();
  /** @type {ComposerSender} */ #sender = /** @type {any} */ (null);
  #touch = matchMedia("(pointer: coarse)");

  static template(/** @type {any} */ { texts }) {
    return composerTemplate(texts);
  }

  connected() {
    const { context, parts } = this;
    this.#field ??= new ComposerField(parts, context.texts);
    this.#sender ??= new ComposerSender(context, { field: this.#field, files: parts.files, onSent: (roomId) => this.#sent(roomId) });
    this.#typing ??= new TypingSender(context);
    parts.completer.attach(parts.field);
    this.listen(parts.form, "submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.listen(parts.field, "keydown", (event) => this.#keyPressed(event));
    this.listen(parts.field, "input", () => this.#written());
    this.listen(parts.field, "compositionend", () => this.#show());
    this.listen(parts.field, "paste", (event) => parts.files.paste(event));
    this.listen(this, "focusin", () => context.drafts.setFocused(this.#roomId));
    this.listen(this, "focusout", ({ relatedTarget }) => !this.contains(relatedTarget) && context.drafts.setFocused(null));
    this.listen(parts.attach, "click", () => parts.files.choose());
    this.listen(parts.emoji, "click", () => this.#insertEmoji());
    this.listen(parts.format, "click", () => this.#field.toggleFormats());
    this.listen(parts.formats, "click", ({ target }) => this.#format(target.closest("button")?.dataset.format));
    this.#listenToParts();
    this.ending(this.#field.start());
    this.watch("compose", (deltas) => {
      for (const delta of deltas) this.#compose(delta);
    });
    this.watch("route", () => this.#followsRoute && this.#open(context.route.roomId));
    this.watch("rooms", (deltas) => deltas.some(({ room }) => room === this.#roomId) && this.#show());
    const roomId = this.#followsRoute ? (context.route?.roomId ?? null) : this.#roomId;
    this.#roomId = null;
    this.#open(roomId);
  }

  #listenToParts() {
    const { drafts } = this.context;
    this.listen(this, "files-changed", () => this.#filesChanged());
    this.listen(this, "files-refused", ({ detail }) => this.#say(detail));
    this.listen(this, "files-empty", () => this.focusField());
    this.listen(this, "strip-action", () => this.#change((roomId) => drafts.accept(roomId)));
    this.listen(this, "strip-dismiss", ({ detail }) => this.#change((roomId) => draft.dismiss(this.context, roomId, detail)));
  }

  disconnected() {
    this.context?.drafts.setFocused(null);
  }

  /** @param {string | null} roomId */
  set roomId(roomId) {
    this.#followsRoute = false;
    if (this.isConnected) this.#open(roomId);
    else this.#roomId = roomId;
  }

  focusField() {
    this.parts.field.focus({ preventScroll: true });
  }

  #open(/** @type {string | null} */ roomId) {
    const { parts } = this;
    if (roomId === this.#roomId) return;
    if (this.#roomId) this.#selections.set(this.#roomId, [parts.field.selectionStart, parts.field.selectionEnd]);
    for (const end of this.#unwatch.splice(0)) end();
    this.#roomId = roomId;
    for (const part of [parts.files, parts.completer, parts.typing]) part.roomId = roomId;
    this.#say("");
    if (roomId) this.#unwatch = [`draft:${roomId}`, `timeline:${roomId}`].map((topic) => this.watch(topic, () => this.#show()));
    this.#show();
    const end = parts.field.value.length;
    parts.field.setSelectionRange(...(this.#selections.get(roomId ?? "") ?? [end, end]));
    if (this.contains(focused(this))) this.context.drafts.setFocused(roomId);
  }

  /** Brings what is shown in line with the draft. */
  #show() {
    const { context, parts } = this;
    const room = this.#roomId && context.store.rooms.get(this.#roomId);
    show(parts.form, Boolean(room));
    if (!room) return;
    const words = context.drafts.get(room.room_id);
    this.#field.show(draft.textOf(words), {
      name: context.store.roomName(room) || context.texts.t("names.deleted_user"),
      isEditing: words.edit !== null,
      canWrite: room.kind !== "direct" || Boolean(room.with),
      isTouch: this.#touch.matches,
      hasFiles: parts.files.count > 0,
    });
    parts.strip.show(stripsOf(context, room.room_id));
  }

  #say(/** @type {string} */ words) {
    this.#sender.obstacle = null;
    this.#field.say(words);
  }

  // Something else than a key changes the draft.
  #change(/** @type {(roomId: string) => void} */ change) {
    if (!this.#roomId) return;
    change(this.#roomId);
    this.#say("");
    this.#show();
    this.focusField();
  }

  #written() {
    if (!this.#roomId) return;
    const { value } = this.parts.field;
    if (draft.write(this.context, this.#roomId, value)) this.#typing.changed(this.#roomId, value);
    this.#say("");
    this.#show();
  }

  #keyPressed(/** @type {KeyboardEvent} */ event) {
    const { context } = this;
    if (isComposingKey(event) || !this.#roomId || this.parts.completer.keyPressed(event)) return;
    const format = formatOfKey(event);
    if (format) this.#format(format);
    else if (sends(event, { isTouch: this.#touch.matches })) this.#submit();
    else if (event.key === "ArrowUp" && this.parts.field.value === "" && draft.editLast(context, this.#roomId)) this.#show();
    else if (event.key === "Escape" && draft.putAway(context, this.#roomId)) this.#show();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #format(/** @type {string | undefined} */ format) {
    const { value, selectionStart, selectionEnd } = this.parts.field;
    if (format) this.#field.replace(formatted(value, selectionStart, selectionEnd, /** @type {any} */ (format)));
  }

  async #insertEmoji() {
    const emoji = await pickEmoji(this.parts.emoji, { label: this.context.texts.t("emoji.title") });
    if (emoji) this.#field.insert(emoji);
  }

  async #submit() {
    const roomId = this.#roomId;
    if (!roomId || this.parts.field.disabled) return;
    this.parts.completer.close();
    const problem = await this.#sender.submit(roomId);
    if (!this.isConnected) return;
    if (roomId === this.#roomId) this.#field.say(problem);
    this.#show();
  }

  #sent(/** @type {string} */ roomId) {
    this.#typing.over();
    this.#show();
    this.tell("message-sent", { roomId });
    this.focusField();
  }

  #filesChanged() {
    if (!this.#roomId) return;
    const { isReady, isObstacleOver } = this.#sender;
    if (isObstacleOver) this.#say("");
    return isReady ? this.#submit() : this.#show();
  }

  // What others want.
  #compose(/** @type {any} */ { what, message, text, files }) {
    if (!this.#roomId || (message && message.room_id !== this.#roomId)) return;
    const change = draft.CHANGES[what];
    if (change) this.#change((roomId) => change(this.context, roomId, message));
    else if (what === "insert") this.#field.insert(text);
    else if (what === "attach") this.parts.files.add(files);
    else this.focusField();
  }
}

customElements.define("echo-composer", Composer);
