// Makes, copies and revokes the invitation links of a room, for its moderators.

import { uuid } from "../net/client.js";
import { byId, h } from "./dom.js";
import { note } from "./notes.js";
import { fill } from "./pages.js";
import { briefTime } from "./text.js";

export class InvitesView {
  #api;
  #roomId = null;
  #key = uuid(); // the same wish sent twice, because the first answer was lost, is to make one link

  constructor({ api }) {
    this.#api = api;
    byId("invite-make").addEventListener("click", () => this.#try(async () => {
      await this.#api.makeInvite(this.#roomId, this.#key);
      this.#key = uuid();
    }));
  }

  /** Null: nothing is shown. */
  open(roomId) {
    this.#roomId = roomId;
    byId("invites").hidden = !roomId;
    byId("invites-list").replaceChildren();
    byId("invites-error").textContent = "";
    if (roomId) this.#try(async () => {});
  }

  async #try(change) {
    const roomId = this.#roomId;
    byId("invites-error").textContent = "";
    try {
      await change();
      const page = await this.#api.invites(roomId);
      if (roomId !== this.#roomId) return;
      fill(byId("invites-list"), page, {
        load: (cursor) => this.#api.invites(roomId, cursor), item: (invite) => this.#item(invite), failed: (problem) => this.#say(problem),
      });
    } catch (problem) {
      if (roomId === this.#roomId) this.#say(problem);
    }
  }

  #say(problem) {
    byId("invites-error").textContent = problem.sentence ?? problem.message;
  }

  #item({ code, expires_at: until, uses_left: uses }) {
    const link = new URL(`#/invite/${code}`, document.baseURI).href;
    const field = h("input", { readonly: true, value: link, "aria-label": "Invitation link", "data-testid": "invite-link", onfocus: (event) => event.target.select() });
    return h("li", { class: "invite" },
      h("span", { class: "names" }, field,
        h("small", {}, [`until ${briefTime(until)}`, uses !== null && uses !== undefined ? `${uses} more uses` : ""].filter(Boolean).join(" · "))),
      h("button", { type: "button", "data-testid": "invite-copy", onclick: () => copy(link, field) }, "Copy"),
      h("button", {
        type: "button", class: "danger", "data-testid": "invite-revoke",
        onclick: () => this.#try(() => this.#api.revokeInvite(this.#roomId, code)),
      }, "Revoke"));
  }
}

async function copy(link, field) {
  try {
    await navigator.clipboard.writeText(link);
    note("The link is copied.");
  } catch {
    field.focus(); // selected, for the person to copy
  }
}
