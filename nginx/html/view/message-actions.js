// What the user can do with a message: react, edit, delete, report.

import { errorText } from "../net/client.js";
import { confirm, promptText } from "./confirm.js";
import { byId } from "./dom.js";
import { pickEmoji } from "./emoji-picker.js";
import { toast } from "./toast.js";

export class MessageActions {
  #store;
  #api;
  #connection;

  constructor({ store, api, connection }) {
    this.#store = store;
    this.#api = api;
    this.#connection = connection;
  }

  /** Lets the user choose an emoji and adds it as a reaction. */
  async pickReaction(message) {
    const emoji = await pickEmoji();
    if (emoji) await this.setReaction(message, emoji, true);
  }

  async setReaction({ room_id, seq }, emoji, isAdded) {
    try {
      await this.#connection.command(isAdded ? "add_reaction" : "remove_reaction", { room_id, seq, emoji });
      this.#store.setReaction({ room_id, seq, emoji, user_id: this.#store.me.user_id }, isAdded);
    } catch (problem) {
      toast(`Reaction not changed: ${errorText(problem)}`);
    }
  }

  /** Stores new content; throws a Problem if the server rejects it. */
  async edit(message, content) {
    const { room_id, seq } = message;
    const reply = await this.#connection.command("edit_message", { room_id, seq, content });
    this.#store.editMessage(reply.message ?? { ...message, content, edited_at: new Date().toISOString() });
  }

  async delete({ room_id: roomId, seq }) {
    if (!(await confirm("Delete this message for everyone?", "Delete"))) return;
    try {
      await this.#connection.command("delete_message", { room_id: roomId, seq });
      this.#store.deleteMessage(roomId, seq);
    } catch (problem) {
      toast(`Not deleted: ${errorText(problem)}`);
    }
    byId("draft").focus(); // the button that had the focus is gone
  }

  async report({ room_id: roomId, seq }) {
    const reason = await promptText("Report this message to the room's moderators?", "Reason (optional)", "Report");
    if (reason === null) return;
    try {
      await this.#api.reportMessage(roomId, seq, reason);
      toast("The moderators of this room will see your report.");
    } catch (problem) {
      toast(`Not reported: ${errorText(problem)}`);
    }
  }
}
