// Makes, copies and revokes the invitation links of a room, for its moderators.

import { Element, h, text } from "../parts/element.js";
import { copyText } from "./clipboard.js";
import { whileBusy } from "./form.js";
import { PagedList, pagedListNodes } from "./paged-list.js";
import { problemText } from "./problem-text.js";

/** @typedef {import("../net/api-rooms.js").Invite} Invite */

export class PanelInvites extends Element {
  /** @param {any} context */
  static template({ texts }) {
    return [
      h(
        "section",
        { class: "panel-section" },
        h("h3", {}, texts.t("invite.title")),
        h("p", { class: "error", role: "alert", part: "error" }),
        ...pagedListNodes(texts, { testId: "invites", label: texts.t("invite.title") }),
        h("button", { type: "button", part: "make", "data-testid": "invite-make" }, texts.t("invite.make")),
      ),
    ];
  }

  /** @type {string | null} */ #roomId = null;
  /** @type {PagedList<Invite> | undefined} */ #invites;
  #key = ""; // if the answer is lost, pressing the button again makes no second link

  connected() {
    const { parts, context } = this;
    this.#invites ??= new PagedList({ texts: context.texts, parts, key: ({ code }) => code, make: (invite) => this.#row(invite) });
    this.#key ||= context.environment.randomUUID();
    this.listen(parts.make, "click", () =>
      whileBusy(parts.make, () =>
        this.#change(async () => {
          await context.api.createInvite(this.#roomId, this.#key);
          this.#key = context.environment.randomUUID();
        }),
      ),
    );
  }

  /** @param {string | null} roomId */
  open(roomId) {
    this.#roomId = roomId;
    text(this.parts.error, "");
    if (roomId) this.#invites?.pager.start((cursor) => this.context.api.invites(roomId, cursor));
    else this.#invites?.pager.stop();
  }

  /** @param {() => Promise<unknown>} run */
  async #change(run) {
    text(this.parts.error, "");
    try {
      await run();
      await this.#invites?.pager.reload();
    } catch (problem) {
      text(this.parts.error, problemText(this.context.texts, problem));
    }
  }

  /** @param {Invite} invite */
  #row({ code, expires_at: expiresAt, uses_left: usesLeft }) {
    const { t, dates } = this.context.texts;
    const link = this.context.route.inviteLink(code);
    const notes = [
      expiresAt ? t("invite.expires", { time: dates.short(expiresAt) }) : "",
      typeof usesLeft === "number" ? t("invite.uses", { n: usesLeft }) : "",
    ];
    const input = h("input", { readonly: true, value: link, "aria-label": t("invite.link"), "data-testid": "invite-link" });
    input.addEventListener("focus", () => input.select());
    const revoke = () => this.#change(() => this.context.api.revokeInvite(this.#roomId, code));
    return h(
      "li",
      { class: "invite-row", "data-testid": "invite" },
      input,
      h("small", {}, notes.filter(Boolean).join(" · ")),
      h("button", { type: "button", "data-testid": "invite-copy", onclick: () => this.#copy(input) }, t("action.copy")),
      h("button", { type: "button", class: "danger", "data-testid": "invite-revoke", onclick: revoke }, t("action.revoke")),
    );
  }

  /** @param {HTMLInputElement} input */
  async #copy(input) {
    if (await copyText(input.value)) this.context.toasts.show(this.context.texts.t("invite.copied"));
    else input.focus(); // selects the link, so that the user can copy it
  }
}

customElements.define("echo-panel-invites", PanelInvites);
