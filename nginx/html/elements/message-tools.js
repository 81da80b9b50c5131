// The tools of one message, beside it while the pointer or the focus is on it: react, reply, edit, and a menu of the rest.

import { h, icon } from "../parts/element.js";
import { recentEmoji } from "./emoji-recent.js";
import { rightsOf } from "./message-rights.js";

/** @typedef {import("./timeline-rows.js").ShownMessage} Message */

/**
 * The bar, whose buttons say what to do by `data-action`. Their names say which message: read aloud twenty times, "Edit" alone would not.
 * @param {any} context
 * @param {Message} message
 * @param {any} room
 */
export function toolBar({ store, texts, settings }, message, room) {
  const { t } = texts;
  const { mayAnswer, mayEdit } = rightsOf(message, room, store.me.user_id);
  const emoji = recentEmoji(settings)[0];
  const about = t("message.tools", {
    name: store.displayName(message.user_id, message) || t("names.deleted_user"),
    time: texts.dates.time(message.created_at),
  });
  const button = (/** @type {string} */ action, /** @type {string} */ label, /** @type {Node | string} */ sign, testId = action) =>
    h(
      "button",
      {
        ...{ type: "button", class: "icon-button", tabindex: "-1", title: label, "aria-label": `${label}. ${about}` },
        ...{ "data-action": action, "data-testid": testId },
      },
      sign,
    );
  const quick = button("quick", t("message.react_with", { emoji }), emoji, "react-quick");
  quick.setAttribute("data-emoji", emoji);
  return h(
    "div",
    { class: "message-tools", role: "toolbar", "aria-label": about },
    mayAnswer ? quick : null,
    mayAnswer ? button("react", t("message.react"), icon("emoji")) : null,
    mayAnswer ? button("reply", t("action.reply"), icon("reply")) : null,
    mayEdit ? button("edit", t("action.edit"), icon("edit")) : null,
    button("more", t("action.more"), icon("more"), "message-more"),
  );
}
