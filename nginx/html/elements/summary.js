// A message in one line: its words, or the names of its files.

/**
 * @param {{ content?: string | null, deleted?: boolean, attachments?: readonly { name: string }[] }} message
 * @param {(key: string) => string} t
 */
export function summaryOf({ content, deleted, attachments = [] }, t) {
  if (deleted) return t("message.deleted");
  return content?.replace(/\s+/g, " ").trim() || attachments.map(({ name }) => name).join(", ");
}
