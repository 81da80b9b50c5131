// The list of rooms that the user is invited to, above the list of their rooms.

import { errorText } from "../net/client.js";
import { avatar } from "./avatar.js";
import { byId, h } from "./dom.js";
import { memberCount } from "./format.js";
import { toast } from "./toast.js";

export class InvitationsView {
  #store;
  #api;
  #onAccepted;

  /** `onAccepted(room_id)` opens the room that the user has joined. */
  constructor({ store, api, onAccepted }) {
    this.#store = store;
    this.#api = api;
    this.#onAccepted = onAccepted;
    store.on("invitations", () => this.#draw());
  }

  #draw() {
    const invitations = [...this.#store.invitations.values()].sort((a, b) => (a.created_at < b.created_at ? 1 : -1));
    byId("invitations").hidden = invitations.length === 0;
    byId("invitations-list").replaceChildren(...invitations.map((invitation) => this.#item(invitation)));
  }

  #item({ room_id: roomId, room, invited_by: inviter }) {
    const inviterName = this.#store.displayName(inviter.user_id, inviter);
    const name = room.kind === "direct" ? inviterName : room.name;
    const explanation = room.kind === "direct" ? "wants to write to you" : `${inviterName} invites you · ${memberCount(room.member_count ?? 0)}`;
    const button = (label, testId, action) => h("button", {
      type: "button", "data-testid": testId, class: testId === "invitation-accept" ? "primary" : null,
      "aria-label": `${label} the invitation to ${name}`,
      onclick: (event) => this.#answer(roomId, action, event.currentTarget),
    }, label);
    return h("li", { "data-testid": "invitation", "data-room-id": roomId },
      room.kind === "direct"
        ? avatar(inviter.user_id, name, { url: this.#store.avatarURL(inviter.user_id, inviter) }) : avatar(roomId, name),
      h("span", { class: "names" }, h("b", { dir: "auto" }, name), h("small", { dir: "auto" }, explanation)),
      button("Accept", "invitation-accept", async () => {
        await this.#api.acceptInvitation(roomId);
        await this.#onAccepted(roomId);
      }),
      button("Decline", "invitation-decline", () => this.#api.declineInvitation(roomId)));
  }

  async #answer(roomId, action, button) {
    button.disabled = true;
    try {
      await action();
      this.#store.removeInvitation(roomId);
    } catch (problem) {
      if (problem.status === 404) this.#store.removeInvitation(roomId); // withdrawn, or answered on another device
      button.disabled = false;
      toast(`The invitation was not answered: ${errorText(problem)}`);
    }
  }
}
