// What the user does to a message that the server has. It is shown at once where it can be taken back.

import { problemText } from "./problem-text.js";

/** @typedef {import("../state/types.js").Message} Message */

export class MessageActions {
  /** @param {any} context of the app; the members of the account change with it */
  constructor(context) {
    this.context = context;
  }

  /**
   * Adds the user's reaction, or takes it back if it is there.
   * @param {Message} message
   * @param {string} emoji
   */
  async react(message, emoji) {
    const { connection, store } = this.context;
    const { room_id, seq } = message;
    const reaction = { room_id, seq, emoji, user_id: store.me.user_id };
    const known = store.timeline(room_id).get(seq) ?? message;
    const isAdded = !known.reactions?.[emoji]?.includes(store.me.user_id);
    store.setReaction(reaction, isAdded);
    const isDone = await this.try(() => connection.command(isAdded ? "add_reaction" : "remove_reaction", { room_id, seq, emoji }));
    if (!isDone) store.setReaction(reaction, !isAdded);
    return isDone;
  }

  /**
   * Stores other words. Throws a Problem: they are still in the composer, which says so.
   * @param {Message} message
   * @param {string} content
   */
  async edit(message, content) {
    const { connection, environment, store } = this.context;
    const { room_id, seq } = message;
    const reply = await connection.command("edit_message", { room_id, seq, content });
    store.editMessage(reply?.message ?? { ...message, content, edited_at: new Date(environment.now()).toISOString() });
  }

  /**
   * Deletes a message for everyone, if the user says so once more.
   * @param {Message} message
   */
  async remove({ room_id, seq }) {
    const { connection, dialogs, store, texts } = this.context;
    if (!(await dialogs.confirm(texts.t("message.delete_question"), texts.t("action.delete")))) return false;
    return this.try(async () => {
      await connection.command("delete_message", { room_id, seq });
      store.deleteMessage(room_id, seq);
    }, "message.not_deleted");
  }

  /** @param {Message} message */
  async report({ room_id: roomId, seq }) {
    const { api, dialogs, texts, toasts } = this.context;
    const { t } = texts;
    const reason = await dialogs.ask(t("message.report_question"), t("action.report"), { label: t("message.report_reason") });
    if (reason === null) return;
    const isDone = await this.try(() => api.reportMessage(roomId, seq, reason), "message.not_reported");
    if (isDone) toasts.show(t("message.reported"));
  }

  /**
   * @param {Message} message
   * @param {boolean} isPinned
   */
  pin({ room_id: roomId, seq }, isPinned) {
    const { api } = this.context;
    return this.#flag("pinned", roomId, seq, isPinned, () => (isPinned ? api.pin(roomId, seq) : api.unpin(roomId, seq)));
  }

  /**
   * @param {Message} message
   * @param {boolean} isSaved
   */
  save({ room_id: roomId, seq }, isSaved) {
    const { api } = this.context;
    return this.#flag("saved", roomId, seq, isSaved, () => (isSaved ? api.save(roomId, seq) : api.unsave(roomId, seq)));
  }

  /**
   * Marks the room as unread from a message on.
   * @param {Message} message
   */
  markUnread({ room_id: roomId, seq }) {
    this.context.reading.hold(roomId); // what is in sight does not take it back
    this.context.marks.markUnread(roomId, seq);
  }

  /**
   * Does something that may fail, and says so then. Whether it was done.
   * @param {() => any} run
   * @param {string} [failure] the key of what is said, with `reason`
   * @returns {Promise<boolean>}
   */
  async try(run, failure) {
    const { texts, toasts } = this.context;
    try {
      await run();
      return true;
    } catch (/** @type {any} */ problem) {
      const reason = problemText(texts, problem);
      const isUnverified = problem.code === "email_unverified";
      const action = isUnverified ? { label: texts.t("email.resend"), run: () => void this.resendMail() } : undefined;
      toasts.show(failure ? texts.t(failure, { reason }) : reason, { isError: true, action });
      return false;
    }
  }

  /** Sends the mail again by which the user confirms their address. */
  async resendMail() {
    const { api, texts, toasts } = this.context;
    if (await this.try(() => api.resendVerification(), "email.not_sent")) toasts.show(texts.t("email.sent"));
  }

  /**
   * @param {"pinned" | "saved"} flag
   * @param {string} roomId
   * @param {number} seq
   * @param {boolean} isSet
   * @param {() => Promise<any>} call
   */
  async #flag(flag, roomId, seq, isSet, call) {
    const { flags } = this.context.store;
    flags.set(flag, roomId, seq, isSet);
    const isDone = await this.try(call, "message.not_changed");
    if (!isDone) flags.set(flag, roomId, seq, !isSet);
    return isDone;
  }
}
