// Ends the session, after a question if words would be lost with it.

import { problemText } from "./problem-text.js";

/**
 * @param {any} context
 * @returns {Promise<boolean>} whether the session has ended
 */
export async function endSession({ dialogs, drafts, marks, outbox, session, texts, toasts }) {
  const { t } = texts;
  marks.flush();
  await drafts.flush().catch(() => {}); // the question below asks about what the server does not know
  const n = outbox.count || (drafts.hasUntold ? 1 : 0);
  const isSure = n === 0 || (await dialogs.confirm(t("sign_out.unsent", { n }), t("sign_out.title"), { cancel: t("sign_out.stay") }));
  if (!isSure) return false;
  try {
    await session.logout();
    return true;
  } catch (problem) {
    toasts.show(t("sign_out.failed", { reason: problemText(texts, problem) }), { isError: true });
    return false;
  }
}
