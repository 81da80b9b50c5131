// A message in one line: its words, or the names of its files.

import { plainText } from "../parts/plain-text.js";

/**
 * @param {{ content?: string | null, deleted?: boolean, attachments?: readonly { name: string }[] | null }} message
 * @param {(key: string) => string} t
 * @param {(content: string) => string} [shown] what is shown of the words
 */
export function inOneLine({ content, deleted, attachments }, t, shown = plainText) {
  if (deleted) return t("message.deleted");
  return (content && shown(content)) || (attachments ?? []).map(({ name }) => name).join(", ");
}
