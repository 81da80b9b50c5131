// The menu of one message: beside its button, on a phone a sheet, which a long press opens.

import { h } from "../parts/element.js";
import { recentEmoji } from "./emoji-recent.js";
import { isPhone, openMenu } from "./floating-menu.js";
import { rightsOf } from "./message-rights.js";
import { pickEmoji } from "./pick-emoji.js";

const QUICK_MAX = 6;

/** @typedef {import("./timeline-rows.js").ShownMessage} Message */

/**
 * @param {any} context
 * @param {Message} message
 * @param {{ by: HTMLElement, room: any, onClose: () => void }} options `by`: the control, or the message
 */
export function openMessageMenu(context, message, { by, room, onClose }) {
  const { store, texts } = context;
  const { t } = texts;
  // In the region that it belongs to, in which screen readers look for it.
  const host = /** @type {HTMLElement} */ (by.closest("main, echo-panel, echo-app") ?? document.body);
  const name = store.displayName(message.user_id, message) || t("names.deleted_user");
  const label = t("message.tools", { name, time: texts.dates.time(message.created_at) });
  const { mayAnswer } = rightsOf(message, room, store.me.user_id);
  /** @type {(emoji: string | null) => void} */
  let react = () => {};
  const head = isPhone() && mayAnswer ? [quickRow(context, (emoji) => react(emoji))] : [];
  const menu = openMenu(itemsOf(context, message, room), {
    ...{ label, host, by, head, align: /** @type {const} */ ("end"), testId: "message-menu", onClose },
  });
  react = (emoji) => {
    menu?.close();
    if (emoji) context.actions.react(message, emoji);
    else chooseReaction(context, message, by);
  };
  return menu;
}

/**
 * Lets the user choose an emoji, and reacts with it.
 * @param {any} context
 * @param {Message} message
 * @param {HTMLElement} by
 */
export async function chooseReaction({ actions, texts }, message, by) {
  const emoji = await pickEmoji(by, { label: texts.t("message.react") });
  if (emoji) await actions.react(message, emoji);
}

/**
 * The emoji that the user took last, and a button for all others.
 * @param {any} context
 * @param {(emoji: string | null) => void} choose
 */
function quickRow({ settings, texts }, choose) {
  const emoji = recentEmoji(settings).slice(0, QUICK_MAX);
  return h(
    "div",
    { class: "quick-reactions" },
    ...emoji.map((each) =>
      h(
        "button",
        { type: "button", class: "icon-button", "aria-label": texts.t("message.react_with", { emoji: each }), onclick: () => choose(each) },
        each,
      ),
    ),
    h("button", { type: "button", class: "icon-button", "aria-label": texts.t("message.react"), onclick: () => choose(null) }, "+"),
  );
}

/**
 * @param {any} context
 * @param {Message} message
 * @param {any} room
 * @returns {import("./floating-menu.js").MenuItem[]}
 */
function itemsOf({ actions, compose, panel, store, texts: { t } }, message, room) {
  const { mayAnswer, mayEdit, mayDelete, mayReport, mayPin, isMine } = rightsOf(message, room, store.me.user_id);
  const { room_id: roomId, seq } = message;
  const isPinned = store.flags.has("pinned", roomId, seq);
  const isSaved = store.flags.has("saved", roomId, seq);
  /** @type {(false | import("./floating-menu.js").MenuItem)[]} */
  const items = [
    mayAnswer && { label: t("action.reply"), icon: "reply", testId: "menu-reply", run: () => compose.reply(message) },
    mayEdit && { label: t("action.edit"), icon: "edit", testId: "menu-edit", run: () => compose.edit(message) },
    { label: t("message.copy_text"), icon: "copy", testId: "copy-text", run: () => actions.copyText(message) },
    { label: t("message.copy_link"), icon: "link", testId: "copy-link", run: () => actions.copyLink(message) },
    mayAnswer && { label: t("message.thread"), icon: "panel", testId: "show-thread", run: () => panel.open("thread", message) },
    mayAnswer && { label: t("message.mark_unread"), icon: "bell", testId: "mark-unread", run: () => actions.markUnread(message) },
    mayAnswer && {
      ...{ label: t(isSaved ? "message.unsave" : "message.save"), icon: isSaved ? "bookmark-on" : "bookmark", testId: "save-message" },
      run: () => actions.save(message, !isSaved),
    },
    mayPin && {
      ...{ label: t(isPinned ? "message.unpin" : "message.pin"), icon: "pin", testId: "pin-message" },
      run: () => actions.pin(message, !isPinned),
    },
    mayAnswer && isMine && { label: t("message.who_seen"), icon: "eye", testId: "who-seen", run: () => panel.open("receipts", message) },
    mayReport && { label: t("action.report"), icon: "report", testId: "report-message", isLast: true, run: () => actions.report(message) },
    mayDelete && { label: t("action.delete"), icon: "delete", testId: "delete", isLast: true, run: () => actions.remove(message) },
  ];
  return items.filter(isItem);
}

/**
 * @param {false | import("./floating-menu.js").MenuItem} item
 * @returns {item is import("./floating-menu.js").MenuItem}
 */
function isItem(item) {
  return item !== false;
}
