// The field of the composer: grows with its text without measuring it, counts what is left, and says what is wrong.

import { attribute, show, text, toggle } from "../parts/dom.js";
import { Roving } from "../parts/list.js";
import { charactersLeft, refusalOf, sendable } from "../parts/message-text.js";
import { replaceText } from "./replace-text.js";

let count = 0;

export class ComposerField {
  #parts;
  #texts;
  #isComposing = false;

  /**
   * @param {Record<string, any>} parts of the composer
   * @param {import("../parts/texts.js").Texts} texts
   */
  constructor(parts, texts) {
    this.#parts = parts;
    this.#texts = texts;
    count += 1;
    parts.error.id = `composer-error-${count}`;
    parts.count.id = `composer-count-${count}`;
    attribute(parts.field, "aria-describedby", `${parts.error.id} ${parts.count.id}`);
    parts.field.addEventListener("compositionstart", () => (this.#isComposing = true));
    parts.field.addEventListener("compositionend", () => (this.#isComposing = false));
    // The field keeps the focus, and its selection is shown.
    for (const part of [parts.formats, parts.strip])
      part.addEventListener("mousedown", (/** @type {Event} */ event) => event.preventDefault());
  }

  /** Begins what lasts as long as the composer is in the page; returns what ends it. */
  start() {
    const roving = new Roving({ box: this.#parts.formats, items: "button", isHorizontal: true });
    return () => roving.disconnect();
  }

  /**
   * Shows a text, unless it is there, or an input method is at work on it.
   * @param {string} words
   * @param {{ name: string, isEditing: boolean, canWrite: boolean, isTouch: boolean, hasFiles: boolean }} options
   */
  show(words, { name, isEditing, canWrite, isTouch, hasFiles }) {
    const { field, grower, send } = this.#parts;
    const { t } = this.#texts;
    if (field.value !== words && !this.#isComposing) {
      field.value = words;
      this.say(""); // it was about other words
    }
    const label = canWrite ? t(isEditing ? "editor.label" : "composer.placeholder", { room: name }) : t("room.gone");
    attribute(field, "aria-label", label);
    attribute(grower, "data-placeholder", label);
    attribute(field, "enterkeyhint", isTouch ? "enter" : "send");
    for (const control of [field, send, this.#parts.attach, this.#parts.emoji]) {
      if (control.disabled === canWrite) control.disabled = !canWrite;
    }
    const sendLabel = t(isEditing ? "action.save" : "composer.send");
    for (const attributeName of ["aria-label", "title"]) attribute(send, attributeName, sendLabel);
    // A hidden copy of the text in the same cell of a grid gives the field its height.
    attribute(grower, "data-text", `${field.value} `);
    toggle(grower, "has-words", field.value !== "");
    toggle(send, "is-ready", canWrite && (hasFiles || field.value.trim() !== ""));
    this.#count(field.value);
  }

  /** Says what is wrong; empty: nothing. */
  say(/** @type {string} */ words) {
    text(this.#parts.error, words);
  }

  toggleFormats() {
    const { formats, format, field } = this.#parts;
    show(formats, formats.hidden);
    attribute(format, "aria-expanded", String(!formats.hidden));
    if (!formats.hidden) field.focus();
  }

  /**
   * The text as it is sent, and why it cannot be; an empty problem needs no words.
   * @param {{ hasFiles: boolean }} options
   * @returns {{ content: string, problem: string | null }}
   */
  sendable({ hasFiles }) {
    const { t } = this.#texts;
    const content = sendable(this.#parts.field.value);
    const refusal = refusalOf(content, { hasFiles });
    if (!refusal) return { content, problem: null };
    const problems = {
      empty: "",
      characters: t("composer.too_long", { n: -(charactersLeft(content) ?? 0) }),
      bytes: t("composer.too_many_bytes"),
      nul: t("composer.nul"),
    };
    return { content, problem: problems[refusal.code] };
  }

  /** @param {Parameters<typeof replaceText>[1]} replacement */
  replace(replacement) {
    replaceText(this.#parts.field, replacement);
  }

  /** @param {string} words put in the place of the selection */
  insert(words) {
    const { selectionStart: from, selectionEnd: to } = this.#parts.field;
    this.replace({ from, to, insert: words });
  }

  /** @param {string} words */
  #count(words) {
    const { t } = this.#texts;
    const left = charactersLeft(words);
    const isOver = left !== null && left < 0;
    text(this.#parts.count, left === null ? "" : isOver ? t("composer.too_long", { n: -left }) : t("composer.left", { n: left }));
    toggle(this.#parts.count, "is-over", isOver);
    attribute(this.#parts.field, "aria-invalid", isOver ? "true" : null);
  }
}
