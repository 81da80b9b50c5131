// What the user does to messages, people and rooms, one method each, wherever the button stands. What fails is said in a toast.

import { copyText } from "./clipboard.js";
import { saveFile } from "./download.js";
import { MessageActions } from "./message-actions.js";
import { problemText } from "./problem-text.js";
import { openDirectory, openSettings } from "./sidebar-doors.js";

export class Actions extends MessageActions {
  // ---- messages and files ----

  /** @param {any} message */
  copyLink(message) {
    return this.copy(this.context.route.link(message.room_id, message.seq), "invite.copied");
  }

  /** @param {any} message */
  copyText(message) {
    return this.copy(message.content ?? "");
  }

  /**
   * Copies a text, and says so.
   * @param {string} text
   * @param {string} [said] the key of what is said
   */
  async copy(text, said = "state.copied") {
    const { texts, toasts } = this.context;
    if (await copyText(text)) toasts.show(texts.t(said));
    else toasts.show(texts.t("problem.forbidden"), { isError: true });
  }

  /** @param {{ url: string, name: string }} file */
  download(file) {
    return this.try(() => saveFile(this.context.api, file));
  }

  /**
   * Shows a picture, and the others of its message beside it.
   * @param {any} file
   * @param {readonly any[]} [files]
   */
  openPicture(file, files = [file]) {
    const box = Object.assign(document.createElement("echo-lightbox"), { file, files });
    this.context.dialogs.open(box, { label: file.name, className: "lightbox-sheet" });
  }

  // ---- people ----

  /** @param {string} userId */
  openPerson(userId) {
    this.context.panel.open("person", userId);
  }

  /** @param {string} userId */
  async openDirect(userId) {
    const { api, environment, panel } = this.context;
    await this.try(async () => {
      const room = await api.createRoom({ kind: "direct", members: [userId] }, environment.randomUUID());
      panel.close();
      await this.openRoom(room.room_id);
    });
  }

  /**
   * Opens the settings of the account and of this device.
   * @param {string} [section]
   */
  openSettings(section = "profile") {
    openSettings(this.context, section);
  }

  // ---- rooms ----

  /**
   * Opens a room of the user's that may be new to this device. Throws a Problem.
   * @param {string} roomId
   */
  async openRoom(roomId) {
    const { loadRoom, route, store } = this.context;
    if (!store.rooms.has(roomId)) await loadRoom(roomId);
    route.open(roomId);
  }

  /** Shows the public rooms. */
  browseRooms() {
    openDirectory(this.context);
  }

  /**
   * Joins a public room and opens it.
   * @param {string} roomId
   */
  joinRoom(roomId) {
    const { api, store } = this.context;
    return this.try(async () => {
      if (!store.rooms.has(roomId)) await api.joinRoom(roomId);
      await this.openRoom(roomId);
    });
  }

  /**
   * Leaves a room, if the user says so once more.
   * @param {string} roomId
   */
  async leaveRoom(roomId) {
    const { api, dialogs, store, texts } = this.context;
    const room = store.rooms.get(roomId);
    const question = texts.t("details.leave_question", { room: room ? store.roomName(room) : "" });
    if (!(await dialogs.confirm(question, texts.t("action.leave")))) return false;
    return this.try(() => api.leaveRoom(roomId));
  }

  /**
   * Makes a room and opens it; of a direct room, `people` has the other user. Throws a Problem: the form shows it.
   * @param {"direct" | "group" | "public"} kind
   * @param {string} name
   * @param {readonly string[]} people user_ids
   * @param {{ topic?: string, key?: string }} options `key`: the same one for each try
   */
  async createRoom(kind, name, people, { topic, key = this.context.environment.randomUUID() } = /** @type {{}} */ ({})) {
    const about = kind === "direct" ? {} : { name, ...(topic ? { topic } : {}) };
    const room = await this.context.api.createRoom({ kind, ...about, members: [...people] }, key);
    await this.openRoom(room.room_id);
    return room;
  }

  /**
   * Asks about the invitation of a link, since anybody may have written it, and joins.
   * @param {string} code
   */
  async acceptInvite(code) {
    const { api, dialogs, store, texts, toasts } = this.context;
    const { t } = texts;
    try {
      const { room, invited_by: inviter, member_count: n } = await api.invite(code);
      if (!store.rooms.has(room.room_id)) {
        const name = inviter ? inviter.display_name || inviter.username : t("names.deleted_user");
        const offer = `${t("invite.offer", { name, room: room.name ?? "" })} · ${t("room.members", { n })}`;
        const isWanted = await dialogs.confirm(`${offer}. ${t("invite.join_question")}`, t("action.join"), { isDangerous: false });
        if (!isWanted) return;
        await api.acceptInvite(code);
      }
      await this.openRoom(room.room_id);
    } catch (/** @type {any} */ problem) {
      const reason = problem.status === 404 ? t("invite.dead") : problemText(texts, problem);
      toasts.show(t("invite.not_accepted", { reason }), { isError: true });
    }
  }

  /**
   * The user is in a room no more: they have left it, were removed, or it was deleted.
   * @param {any} room
   * @param {string} reason
   */
  roomRemoved(room, reason) {
    const { panel, route, store, texts, toasts } = this.context;
    if (route.roomId === room.room_id) {
      panel.close();
      route.show("none");
    }
    if (reason === "left") return;
    toasts.show(texts.t(reason === "deleted" ? "room.deleted" : "room.removed", { room: store.roomName(room) }));
  }
}
