// Asks the user to confirm their e-mail address, as long as a mail with a link waits for them.

import { Element, h, icon, show, text } from "../parts/element.js";

/** Closed, it comes back with the next visit. */
export class EmailNotice extends Element {
  #isClosed = false;

  /** @param {any} context */
  static template({ texts: { t } }) {
    return [
      h(
        "div",
        { class: "banner email-notice", role: "status", part: "banner", "data-testid": "email-banner", hidden: true },
        h("p", { part: "text", dir: "auto" }),
        h("button", { type: "button", class: "link", part: "resend", "data-testid": "banner-resend" }, t("email.resend")),
        h("button", { type: "button", class: "link", part: "change", "data-testid": "banner-change" }, t("email.change")),
        h(
          "button",
          { type: "button", class: "icon-button", "aria-label": t("email.hide_notice"), part: "close", "data-testid": "banner-close" },
          icon("close"),
        ),
      ),
    ];
  }

  connected() {
    const { parts } = this;
    this.watch("me", () => this.#draw());
    this.listen(parts.close, "click", () => {
      this.#isClosed = true;
      this.#draw();
    });
    this.listen(parts.change, "click", () => this.context.actions.openSettings("email"));
    this.listen(parts.resend, "click", () => this.#resend());
    this.#draw();
  }

  #draw() {
    const { store, texts } = this.context;
    const email = store.me?.pending_email;
    show(this.parts.banner, Boolean(email) && !this.#isClosed);
    if (email) text(this.parts.text, texts.t("email.confirm", { email }));
  }

  async #resend() {
    const { resend } = this.parts;
    resend.disabled = true;
    await this.context.actions.resendMail();
    resend.disabled = false;
  }
}

customElements.define("echo-email-notice", EmailNotice);
