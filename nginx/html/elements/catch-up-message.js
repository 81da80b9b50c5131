// A message of the catch-up view: who, when, and the words; its files by their names.

import { h, icon, show, text, toggle } from "../parts/dom.js";
import { contentNodes } from "./message-content.js";

/** @typedef {import("../state/types.js").Message} Message */

/** @type {WeakMap<HTMLElement, Message>} */
const shown = new WeakMap();

/**
 * @param {Message} message
 * @param {any} context
 */
export function catchUpMessage(message, context) {
  const node = h(
    "li",
    { class: "catch-up-message", "data-testid": "catch-up-message", "data-seq": message.seq },
    h("span", { class: "catch-up-author" }, h("b", { class: "line", dir: "auto" }), h("time", { datetime: message.created_at })),
    h("div", { class: "markup", dir: "auto" }),
    h("p", { class: "catch-up-files hint" }, icon("file"), h("span", { class: "line", dir: "auto" })),
  );
  updateCatchUpMessage(node, message, context);
  return node;
}

/**
 * @param {HTMLElement} node
 * @param {Message} message
 * @param {any} context
 */
export function updateCatchUpMessage(node, message, context) {
  const { store, texts } = context;
  if (shown.get(node) === message) return;
  shown.set(node, message);
  const [author, content, files] = /** @type {HTMLElement[]} */ ([...node.children]);
  const [name, time] = /** @type {HTMLElement[]} */ ([...author.children]);
  text(name, store.displayName(message.user_id, message) || texts.t("names.deleted_user"));
  text(time, texts.dates.brief(message.created_at));
  toggle(content, "deleted", message.deleted);
  if (message.deleted) text(content, texts.t("message.deleted"));
  else content.replaceChildren(contentNodes(message, context));
  const names = message.deleted ? [] : (message.attachments ?? []).map(({ name: file }) => file);
  show(files, names.length > 0);
  text(/** @type {Node} */ (files.lastChild), names.join(", "));
}
