// The user's e-mail address: how it stands, and another one.

import { Element, h, show, text } from "../parts/element.js";
import { errorLine, field, showError, whileBusy } from "./form.js";
import { problemText } from "./problem-text.js";

export class SettingsEmail extends Element {
  /** @param {any} context */
  static template({ texts: { t } }) {
    const email = h("input", { type: "email", part: "email", autocomplete: "email", maxlength: 254, "data-testid": "new-email" });
    const password = h("input", {
      type: "password",
      part: "password",
      autocomplete: "current-password",
      maxlength: 1000,
      "data-testid": "email-password",
    });
    return [
      h(
        "section",
        { class: "settings-section" },
        h("h3", {}, t("email.title")),
        h("p", { dir: "auto", part: "state", "data-testid": "email-state" }),
        h("button", { type: "button", part: "resend", hidden: true, "data-testid": "email-resend" }),
        h(
          "form",
          { class: "form", part: "form", novalidate: true },
          field(t("email.new"), email),
          field(t("password.old"), password),
          errorLine("settings-email-error", "email-error"),
          h("p", { class: "hint", role: "status", part: "result", "data-testid": "email-result" }),
          h("button", { part: "save", "data-testid": "email-save" }),
        ),
      ),
    ];
  }

  #sendsMail = true; // whether the site does

  connected() {
    const { parts } = this;
    this.listen(parts.form, "submit", (event) => {
      event.preventDefault();
      this.#change();
    });
    this.listen(parts.resend, "click", () => this.#resend());
    this.watch("me", () => this.write(() => this.#draw()));
    this.#draw();
    this.#load();
  }

  // The address and its state are in the user's own account only; later changes come as events.
  async #load() {
    const { api, session, store } = this.context;
    try {
      const [me, service] = await Promise.all([api.me(), session.service()]);
      this.#sendsMail = service.mail ?? true;
      store.putUser(me);
    } catch {
      // Then what is known is shown.
    }
    if (this.isConnected) this.#draw();
  }

  #draw() {
    const { parts, context } = this;
    const { t } = context.texts;
    const { email, email_verified: isVerified, pending_email: pending } = context.store.me ?? {};
    const sendsMail = this.#sendsMail;
    const confirmed = isVerified ? "email.is_confirmed" : "email.is_not_confirmed";
    const lines = [
      email ? t(sendsMail ? confirmed : "email.is", { email }) : "",
      pending ? t("email.is_pending", { email: pending }) : "",
      email || pending ? "" : t(sendsMail ? "email.none" : "email.none_here"),
    ];
    text(parts.state, lines.filter(Boolean).join(" "));
    show(parts.resend, sendsMail && Boolean(pending || (email && !isVerified)));
    text(parts.resend, t(pending ? "email.resend" : "email.send"));
    text(parts.save, t(email || pending ? "email.change" : "email.add"));
  }

  async #resend() {
    const { parts, context } = this;
    const { api, texts } = context;
    await whileBusy(parts.resend, async () => {
      try {
        await api.resendVerification();
        text(parts.result, texts.t("email.sent"));
      } catch (problem) {
        text(parts.result, texts.t("email.not_sent", { reason: problemText(texts, problem) }));
      }
    });
  }

  async #change() {
    const { parts, context } = this;
    const { api, store, texts } = context;
    const email = parts.email.value.trim();
    const password = parts.password.value;
    this.#showError("");
    if (!email.includes("@")) return this.#showError(texts.t("email.enter"), parts.email);
    if (!password) return this.#showError(texts.t("sign_in.enter_password"), parts.password);
    return whileBusy(parts.save, async () => {
      try {
        store.putUser(await api.changeEmail(email, password));
        parts.form.reset();
        text(parts.result, texts.t(store.me.pending_email ? "email.link_sent" : "email.changed"));
        parts.result.scrollIntoView({ block: "nearest" }); // the keyboard of a phone covers half of the page
      } catch (/** @type {any} */ problem) {
        if (problem.code === "bad_credentials") this.#showError(texts.t("password.wrong"), parts.password);
        else if (problem.code === "email_taken") this.#showError(texts.t("sign_up.email_taken"), parts.email);
        else this.#showError(problemText(texts, problem), problem.errors?.length ? parts.email : null);
      }
    });
  }

  /**
   * @param {string} message
   * @param {HTMLInputElement | null} [control]
   */
  #showError(message, control = null) {
    text(this.parts.result, "");
    showError(this.parts.error, message, control);
  }
}

customElements.define("echo-settings-email", SettingsEmail);
