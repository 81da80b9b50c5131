// Creates, copies and revokes the invitation links of a room, for its moderators.

import { errorText, uuid } from "../net/client.js";
import { byId, h } from "./dom.js";
import { briefTime } from "./format.js";
import { paginate } from "./pagination.js";
import { toast } from "./toast.js";

export class InvitesView {
  #api;
  #roomId = null;
  #idempotencyKey = uuid(); // if the response is lost, pressing the button again creates no second link

  constructor({ api }) {
    this.#api = api;
    byId("invite-make").addEventListener("click", () => this.#change(async () => {
      await this.#api.createInvite(this.#roomId, this.#idempotencyKey);
      this.#idempotencyKey = uuid();
    }));
  }

  /** Shows the links of a room; null hides them. */
  open(roomId) {
    this.#roomId = roomId;
    byId("invites").hidden = !roomId;
    byId("invites-list").replaceChildren();
    byId("invites-error").textContent = "";
    if (roomId) this.#change(async () => {});
  }

  async #change(action) {
    const roomId = this.#roomId;
    byId("invites-error").textContent = "";
    try {
      await action();
      const page = await this.#api.invites(roomId);
      if (roomId !== this.#roomId) return;
      paginate(byId("invites-list"), page, {
        load: (cursor) => this.#api.invites(roomId, cursor),
        render: (invite) => this.#item(invite),
        onError: (problem) => this.#showError(problem),
      });
    } catch (problem) {
      if (roomId === this.#roomId) this.#showError(problem);
    }
  }

  #showError(problem) {
    byId("invites-error").textContent = errorText(problem);
  }

  #item({ code, expires_at: expiresAt, uses_left: usesLeft }) {
    const link = new URL(`#/invite/${code}`, document.baseURI).href;
    const field = h("input", {
      readonly: true, value: link, "aria-label": "Invitation link", "data-testid": "invite-link", onfocus: (event) => event.target.select(),
    });
    return h("li", { class: "invite" },
      h("span", { class: "names" }, field,
        h("small", {}, [`until ${briefTime(expiresAt)}`, usesLeft !== null && usesLeft !== undefined ? `${usesLeft} more uses` : ""]
          .filter(Boolean).join(" · "))),
      h("button", { type: "button", "data-testid": "invite-copy", onclick: () => copy(link, field) }, "Copy"),
      h("button", {
        type: "button", class: "danger", "data-testid": "invite-revoke",
        onclick: () => this.#change(() => this.#api.revokeInvite(this.#roomId, code)),
      }, "Revoke"));
  }
}

async function copy(link, field) {
  try {
    await navigator.clipboard.writeText(link);
    toast("Link copied.");
  } catch {
    field.focus(); // selects the link, so that the user can copy it
  }
}
