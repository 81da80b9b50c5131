// The words of a message, and of the one that it answers.

import { attribute, h, text, toggle } from "../parts/element.js";
import { isEmojiOnly } from "../parts/emoji.js";
import { parse } from "../parts/markup.js";
import { markupNodes } from "../parts/markup-nodes.js";
import { foldedLines } from "./message-summary.js";
import { quotedMessage } from "./quoted-messages.js";
import { inOneLine } from "./summary.js";

const QUOTE_CHARACTERS_MAX = 140;

/** @type {WeakMap<Element, string>} content node → what it was made of */
const made = new WeakMap();

/**
 * @param {import("./message.js").Message} node
 * @param {import("./message.js").View} view
 */
export function updateContent(node, { message, context }) {
  const { store, texts } = context;
  const content = message.deleted ? "" : (message.content ?? "");
  if (!content && !message.deleted && !message.edited_at) {
    node.removeSlot("content");
    return;
  }
  const box = node.slotFor("content", () => h("div", { dir: "auto", "data-testid": "content" }));
  const sign = JSON.stringify([content, message.deleted, message.edited_at, namesIn(message, store)]);
  if (made.get(box) === sign) return;
  made.set(box, sign);
  toggle(box, "markup", true);
  toggle(box, "deleted", Boolean(message.deleted));
  toggle(box, "emoji-only", !message.deleted && isEmojiOnly(content));
  if (message.deleted) {
    box.replaceChildren(texts.t("message.deleted"));
    toggle(box, "folded", false);
    return;
  }
  box.replaceChildren(contentNodes(message, context, { copyLabel: texts.t("message.copy_code") }));
  if (message.edited_at) appendEdited(box, message.edited_at, texts);
  updateFold(box, content, texts);
}

/**
 * The words of a message as nodes.
 * @param {{ content?: string | null, mentions?: readonly string[] | null }} message
 * @param {any} context
 * @param {import("../parts/markup-nodes.js").NodeOptions} [options]
 */
export function contentNodes(message, { store, site }, options = {}) {
  const tree = parse(message.content ?? "", { mentioned: namesIn(message, store) });
  return markupNodes(tree, { ...options, site, me: store.me?.username?.toLowerCase() });
}

/**
 * The usernames of those who are mentioned, in lower case.
 * @param {{ mentions?: readonly string[] | null }} message
 * @param {any} store
 * @returns {string[]}
 */
function namesIn({ mentions }, store) {
  return (mentions ?? []).map((id) => store.users.get(id)?.username?.toLowerCase() ?? "").filter(Boolean);
}

/**
 * At the end of the last paragraph, so that a short message stays one line.
 * @param {HTMLElement} box
 * @param {string} at
 * @param {import("../parts/texts.js").Texts} texts
 */
function appendEdited(box, at, texts) {
  const last = box.lastElementChild;
  const title = texts.t("message.edited_at", { time: texts.dates.full(at) });
  (last?.nodeName === "P" ? last : box).append(" ", h("small", { class: "edited", title }, texts.t("message.edited")));
}

/**
 * @param {HTMLElement} box
 * @param {string} content
 * @param {import("../parts/texts.js").Texts} texts
 */
function updateFold(box, content, texts) {
  const lines = foldedLines(content);
  toggle(box, "folded", lines > 0);
  if (lines === 0) return;
  const label = texts.t("message.unfold", { n: lines });
  const attributes = { type: "button", class: "link fold", "data-action": "fold", "data-testid": "fold", "aria-expanded": "false" };
  box.append(h("button", { ...attributes, "data-label": label }, label));
}

/**
 * Folds or unfolds a message.
 * @param {HTMLElement} button
 * @param {import("../parts/texts.js").Texts} texts
 */
export function toggleFold(button, texts) {
  const box = button.parentElement;
  if (!box) return;
  const isFolded = box.classList.toggle("folded");
  attribute(button, "aria-expanded", String(!isFolded));
  text(button, isFolded ? (button.dataset.label ?? "") : texts.t("message.fold"));
}

/**
 * @param {import("./message.js").Message} node
 * @param {import("./message.js").View} view
 */
export function updateQuote(node, { message, context }) {
  if (!message.reply_to || message.deleted) {
    node.removeSlot("quote");
    return;
  }
  const { store, texts } = context;
  const box = node.slotFor("quote", () => h("a", { class: "quote", "data-testid": "quote" }, h("span", { class: "line", dir: "auto" })));
  attribute(box, "href", `#/room/${message.room_id}/${message.reply_to}`);
  const quoted = quotedMessage(context, message.room_id, message.reply_to, () => node.isConnected && node.update());
  const name = quoted && (store.displayName(quoted.user_id, quoted) || texts.t("names.deleted_user"));
  const words = quoted ? texts.t("message.quote", { name, text: inOneLine(quoted, texts.t) }) : texts.t("message.earlier");
  text(/** @type {HTMLElement} */ (box.firstElementChild), [...words].slice(0, QUOTE_CHARACTERS_MAX).join(""));
}
