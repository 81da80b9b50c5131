// The rooms that the user is invited to, above the list of their rooms.

import { Element, h, show, text } from "../parts/element.js";
import { KeyedList } from "../parts/list.js";
import { problemText } from "./problem-text.js";
import { faceNode, updateFace } from "./room-face.js";

/** @typedef {import("../state/types.js").Invitation} Invitation */

/** `echo-invitations` */
export class Invitations extends Element {
  /** @type {KeyedList<Invitation>} */ #list = /** @type {any} */ (null);

  /** @param {any} context */
  static template({ texts: { t } }) {
    return [
      h(
        "section",
        { part: "section", class: "invitations", "aria-label": t("invitations.title"), hidden: true },
        h("h2", { class: "side-title" }, t("invitations.title")),
        h("ul", { role: "list", part: "list", "data-testid": "invitations" }),
      ),
    ];
  }

  connected() {
    const update = (/** @type {HTMLElement} */ node, /** @type {Invitation} */ invitation) => this.#update(node, invitation);
    this.#list = new KeyedList({
      box: this.parts.list,
      key: ({ room_id: roomId }) => roomId,
      make: (invitation) => this.#item(invitation),
      update,
    });
    this.watch("invitations", () => this.write(() => this.#draw()));
    this.watch("users", () => this.write(() => this.#draw()));
    this.#draw();
  }

  disconnected() {
    this.#list.clear();
  }

  #draw() {
    /** @type {Invitation[]} */
    const invitations = [...this.context.store.invitations.values()];
    invitations.sort((a, b) => (a.created_at < b.created_at ? 1 : -1));
    this.#list.set(invitations);
    show(this.parts.section, invitations.length > 0);
  }

  /** @param {Invitation} invitation */
  #item(invitation) {
    const { t } = this.context.texts;
    /** @type {HTMLElement} */
    const node = h(
      "li",
      { class: "invitation", "data-testid": "invitation", "data-room-id": invitation.room_id },
      faceNode(),
      h("span", { class: "line invitation-name", dir: "auto" }),
      h("span", { class: "line invitation-from", dir: "auto" }),
      h(
        "span",
        { class: "invitation-answers" },
        h(
          "button",
          { type: "button", class: "primary", "data-testid": "invitation-accept", onclick: () => this.#answer(invitation, node, true) },
          t("action.accept"),
        ),
        h(
          "button",
          { type: "button", "data-testid": "invitation-decline", onclick: () => this.#answer(invitation, node, false) },
          t("action.decline"),
        ),
      ),
    );
    this.#update(node, invitation);
    return node;
  }

  /**
   * @param {HTMLElement} node
   * @param {Invitation} invitation
   */
  #update(node, { room, invited_by: inviter }) {
    const { store, texts } = this.context;
    const [face, name, from, answers] = /** @type {HTMLElement[]} */ ([...node.children]);
    const inviterName = store.displayName(inviter.user_id, inviter);
    const isDirect = room.kind === "direct";
    const title = isDirect ? inviterName : (room.name ?? "");
    const avatar = isDirect ? store.avatarURL(inviter.user_id, inviter) : null;
    updateFace(face, { userId: isDirect ? inviter.user_id : null, name: title, kind: room.kind, avatar }, texts);
    text(name, title);
    const members = texts.t("room.members", { n: room.member_count ?? 0 });
    text(from, isDirect ? texts.t("invitations.wants_to_write") : `${texts.t("invitations.from", { name: inviterName })} · ${members}`);
    for (const button of answers.querySelectorAll("button")) button.setAttribute("aria-label", `${button.textContent}: ${title}`);
  }

  /**
   * @param {Invitation} invitation
   * @param {HTMLElement} node
   * @param {boolean} isAccepted
   */
  async #answer({ room_id: roomId }, node, isAccepted) {
    const { api, store, texts, toasts, actions } = this.context;
    const buttons = node.querySelectorAll("button");
    for (const button of buttons) button.disabled = true;
    try {
      if (isAccepted) await api.acceptInvitation(roomId);
      else await api.declineInvitation(roomId);
      store.removeInvitation(roomId);
      if (isAccepted) await actions.openRoom(roomId);
    } catch (/** @type {any} */ problem) {
      if (problem.status === 404) store.removeInvitation(roomId); // withdrawn, or answered on another device
      toasts.show(texts.t("invitations.failed", { reason: problemText(texts, problem) }), { isError: true });
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  }
}

customElements.define("echo-invitations", Invitations);
