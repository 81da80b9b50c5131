// The page of a user who is not signed in: signing in and up, a forgotten password, and what an invitation leads to.

import "./account-form.js";
import { Element, h } from "../parts/element.js";

const LOAD_AFTER_MS = 200; // once the form is drawn, what follows it is loaded

/**
 * `options`, set before it is inserted: `notice` is said above the form, `code` is a registration code, `resetToken` that of a mail.
 */
export class SignIn extends Element {
  /** @type {{ notice?: string, code?: string, resetToken?: string }} */ options = {};
  /** @type {any} */ #form = null;

  /** @param {any} context */
  static template({ texts: { t } }) {
    return [
      h(
        "main",
        { class: "sign-in" },
        h("h1", {}, h("img", { src: "icon.svg", alt: "", width: 36, height: 36 }), " ", h("span", { part: "name" }, t("app.name"))),
        h("div", { part: "invite", class: "invite-card", "data-testid": "invite-card", hidden: true }),
        h("div", { part: "place" }),
        h("p", { class: "hint" }, h("a", { href: "docs/", "data-testid": "docs" }, t("sign_in.api"))),
      ),
    ];
  }

  connected() {
    const { t } = this.context.texts;
    document.title = t("app.name");
    this.listen(this, "signed-in", ({ detail }) => this.context.visit.signedIn(detail));
    this.listen(this, "forgot", async ({ detail }) => {
      await this.#show("echo-forgot-form");
      this.#form.email = detail;
    });
    this.listen(this, "back", () => (this.options.resetToken ? this.context.visit.begin() : this.#showAccount("")));
    this.listen(this, "reset", () => {
      this.options = {};
      this.#showAccount(t("reset.done"));
    });
    this.listen(this, "registration-changed", () => this.#loadService());
    this.watch("route", () => this.#loadInvite());
    this.context.route.follow();
    if (this.options.resetToken) this.#showReset(this.options.resetToken);
    else this.#showAccount(this.options.notice ?? "");
    this.#loadInvite();
    this.later(LOAD_AFTER_MS, () => this.context.visit.load().catch(() => {})); // tried again when it is needed
  }

  /** @param {string} token */
  async #showReset(token) {
    await this.#show("echo-reset-form");
    this.#form.token = token;
  }

  /** @param {string} notice */
  async #showAccount(notice) {
    await this.#show("echo-account-form");
    this.#form.notice = notice;
    if (this.options.code) this.#form.offerCode(this.options.code);
    this.#form.parts.username.focus();
    this.#loadService();
  }

  /** @param {string} tag */
  async #show(tag) {
    if (tag !== "echo-account-form") await import("./recovery-form.js");
    this.#form = document.createElement(tag);
    this.parts.place.replaceChildren(this.#form);
  }

  // Without an answer the form stays as it is; the server refuses what it does not allow.
  async #loadService() {
    const service = await this.context.session.service().catch(() => null);
    if (!service || this.#form?.localName !== "echo-account-form") return;
    this.#form.service = { registration: service.registration ?? "open", mail: service.mail ?? true };
  }

  /** Says where the invitation of the address leads, and who invites. The code is asked about after signing in. */
  async #loadInvite() {
    const { api, route, texts } = this.context;
    const { t } = texts;
    const { code } = route;
    if (!code) return;
    const { invite: card } = this.parts;
    try {
      const { room, invited_by: inviter, member_count: n } = await api.invite(code);
      const name = inviter ? inviter.display_name || inviter.username : t("names.deleted_user");
      const offer = texts.nodes("invite.offer", { name: h("bdi", {}, name), room: h("b", { dir: "auto" }, room.name ?? "") });
      card.replaceChildren(
        h("p", {}, ...offer),
        h("p", { class: "hint" }, `${t("room.members", { n })}${room.topic ? ` · ${room.topic}` : ""}`),
        h("p", {}, t("invite.sign_in")),
      );
    } catch (/** @type {any} */ problem) {
      if (problem.status !== 404 && problem.status !== 410) return; // it is tried again after signing in
      route.takeCode();
      card.replaceChildren(h("p", {}, t("invite.dead")));
    }
    card.hidden = false;
  }
}

customElements.define("echo-sign-in", SignIn);
