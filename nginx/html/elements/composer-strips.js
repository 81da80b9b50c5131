// What stands over the composer: the message that is edited or replied to, and the words of another device.

import { editedMessage } from "./composer-draft.js";
import { inOneLine } from "./summary.js";

/**
 * @param {any} context
 * @param {string} roomId
 * @returns {import("./composer-strip.js").Strip[]}
 */
export function stripsOf(context, roomId) {
  const { drafts, store, texts } = context;
  const { t } = texts;
  /** @type {import("./composer-strip.js").Strip[]} */
  const strips = [];
  const offered = drafts.offered(roomId);
  if (offered?.content) {
    const detail = inOneLine(offered, t);
    strips.push({
      kind: "elsewhere",
      title: t("composer.draft_elsewhere"),
      detail,
      action: t("composer.draft_take"),
      dismiss: t("action.dismiss"),
    });
  }
  const edited = editedMessage(context, roomId);
  if (edited) strips.push({ kind: "edit", title: t("editor.label"), detail: inOneLine(edited, t), dismiss: t("action.cancel") });
  const { reply_to: seq } = drafts.get(roomId);
  if (seq) {
    const message = store.timeline(roomId).get(seq);
    const name = message ? store.displayName(message.user_id, message) || t("names.deleted_user") : t("message.earlier");
    const detail = message ? inOneLine(message, t) : "";
    strips.push({ kind: "reply", title: t("composer.replying", { name }), detail, dismiss: t("composer.cancel_reply") });
  }
  return strips;
}
